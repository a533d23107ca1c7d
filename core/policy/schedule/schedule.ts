/**
 * On which days something begins. Weekdays count from Monday, 1, to Sunday, 7 (ISO 8601). A day of the month that a month
 * does not have is its last one; -1 is the last of all.
 */
export type ScheduleDays =
  | { readonly type: 'week'; readonly weekdays: readonly number[] }
  | { readonly type: 'month'; readonly days: readonly number[] }

/** At these times of those days. Times are written `22:00`. */
export interface TimesRule {
  readonly type: 'times'
  readonly days: ScheduleDays
  readonly times: readonly string[]
}

/** Again and again between two times of a day, the first at `from`. What goes over midnight belongs to the day it began on. */
export interface IntervalRule {
  readonly type: 'interval'
  readonly days: ScheduleDays
  readonly everyMinutes: number
  readonly from: string
  /** One may begin at this very time. `00:00` is the end of the day, and what begins then is the next day's. */
  readonly until: string
}

export type ScheduleRule = TimesRule | IntervalRule

/** So many minutes of the clock on the wall, from a time of these days on; over midnight, too. */
export interface DayWindow {
  readonly weekdays: readonly number[]
  readonly start: string
  readonly minutes: number
}

/** When runs begin by themselves. */
export interface Schedule {
  /** An IANA name such as `Europe/Berlin`, or an offset such as `+01:00`. All days and times are those of this zone. */
  readonly timeZone: string
  /** Any of them. Empty: never. */
  readonly rules: readonly ScheduleRule[]
  /** Scheduled runs begin in these windows only. Empty: at any time. */
  readonly windows: readonly DayWindow[]
  /** What becomes of a run whose time came while the appliance was off. */
  readonly missed: 'run-soon' | 'skip'
  /** How long a scheduled run may wait before it expires. */
  readonly expireAfterMinutes: number
}
