import type { PolicySettings } from '../../../core/contract/index.ts'
import { type LocalTime, laterBy } from './local-time.ts'
import { DAY_MINUTES, minutesOf, minutesUntil } from './time-of-day.ts'

/** From one minute of a day to another, the second not included. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** When a run is due. */
export interface WeekStart {
  /** Since midnight. */
  readonly minute: number
  /** How long it waits for a window, in minutes. Undefined: it expires before one opens. */
  readonly wait: number | undefined
}

/** What a policy does on one day of every week, by its own clock. Minutes since midnight. */
export interface WeekDay {
  readonly weekday: number
  readonly starts: readonly WeekStart[]
  /** When runs may begin; what meets is one span. Undefined: at any time. */
  readonly open: readonly Span[] | undefined
  /** When they are slowed down, and to how many bytes in a second. */
  readonly slow: readonly (Span & { readonly bytesPerSecond: number })[]
}

type Window = PolicySettings['schedule']['windows'][number]
type Interval = Extract<PolicySettings['schedule']['rules'][number], { readonly type: 'interval' }>

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

/**
 * A week as it is drawn. Days of a month are in no week, so rules of these are left out: `hasMonthRules` says that there are
 * some. What goes on over midnight is on two days. The two nights in a year with another length are not in it.
 */
export function weekOf({ schedule, bandwidth }: Pick<PolicySettings, 'schedule' | 'bandwidth'>): {
  readonly days: readonly WeekDay[]
  readonly hasMonthRules: boolean
} {
  const starts = startsOf(schedule.rules)
  return {
    days: WEEKDAYS.map((weekday) => ({
      weekday,
      starts: [...(starts.get(weekday) ?? [])]
        .toSorted((a, b) => a - b)
        .map((minute) => ({ minute, wait: waitFor(schedule, { weekday, minute }) })),
      open: schedule.windows.length === 0 ? undefined : openOn(weekday, schedule.windows),
      slow: bandwidth.flatMap((window) =>
        spansOn(weekday, window).map(({ from, until }) => ({ from, until, bytesPerSecond: window.bytesPerSecond })),
      ),
    })),
    hasMonthRules: schedule.rules.some(({ days }) => days.type === 'month'),
  }
}

/**
 * How long a run that is due then waits until it may begin. Minutes; 0 within a window and where there are none. Undefined
 * where it expires before one opens.
 */
export function waitFor(
  { windows, expireAfterMinutes }: Pick<PolicySettings['schedule'], 'windows' | 'expireAfterMinutes'>,
  due: LocalTime,
): number | undefined {
  if (windows.length === 0) return 0
  for (let day = 0; day <= 7; day++) {
    const { weekday } = laterBy(due, day * DAY_MINUTES)
    for (const { from, until } of openOn(weekday, windows)) {
      if (day * DAY_MINUTES + until <= due.minute) continue
      const wait = Math.max(0, day * DAY_MINUTES + from - due.minute)
      return wait > expireAfterMinutes ? undefined : wait
    }
  }
  return undefined
}

/**
 * The longest time from one run of the week to the next. Minutes. Undefined where days of a month have a part in it, and
 * where nothing begins by itself.
 */
export function longestGap(schedule: PolicySettings['schedule']): number | undefined {
  const { days, hasMonthRules } = weekOf({ schedule, bandwidth: [] })
  if (hasMonthRules) return undefined
  const begins = days
    .flatMap(({ weekday, starts }) =>
      starts.flatMap(({ minute, wait }) => (wait === undefined ? [] : (weekday - 1) * DAY_MINUTES + minute + wait)),
    )
    .toSorted((a, b) => a - b)
  const [first] = begins
  if (first === undefined) return undefined
  const next = [...begins.slice(1), first + 7 * DAY_MINUTES]
  return Math.max(...begins.map((begin, index) => (next[index] ?? begin) - begin))
}

function startsOf(rules: PolicySettings['schedule']['rules']): Map<number, Set<number>> {
  const starts = new Map(WEEKDAYS.map((weekday) => [weekday, new Set<number>()]))
  for (const rule of rules) {
    if (rule.days.type !== 'week') continue
    const minutes = rule.type === 'times' ? rule.times.flatMap((time) => minutesOf(time) ?? []) : intervalStarts(rule)
    for (const weekday of rule.days.weekdays) {
      for (const from of minutes) {
        const at = laterBy({ weekday, minute: 0 }, from)
        starts.get(at.weekday)?.add(at.minute)
      }
    }
  }
  return starts
}

/** Behind the end of its day where it goes on over midnight. Its end is one of them, unless that is where a day ends. */
function intervalStarts({ everyMinutes, from, until }: Interval): number[] {
  const begin = minutesOf(from)
  const length = minutesUntil(from, until)
  if (begin === undefined || length === undefined || !(everyMinutes >= 1)) return []
  const last = begin + length - (until === '00:00' ? 1 : 0)
  const starts: number[] = []
  for (let minute = begin; minute <= last; minute += everyMinutes) starts.push(minute)
  return starts
}

/** From the earliest on, and none of them meets another. */
function openOn(weekday: number, windows: readonly Window[]): Span[] {
  const joined: Span[] = []
  for (const span of windows.flatMap((window) => spansOn(weekday, window)).toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && span.from <= last.until)
      joined[joined.length - 1] = { from: last.from, until: Math.max(last.until, span.until) }
    else joined.push(span)
  }
  return joined
}

/** What of a window is on a day of the week: what goes on from the day before comes first. */
export function spansOn(weekday: number, { weekdays, start, minutes }: Window): Span[] {
  const begin = minutesOf(start)
  if (begin === undefined) return []
  const end = begin + minutes
  const before = weekday === 1 ? 7 : weekday - 1
  return [
    ...(weekdays.includes(before) && end > DAY_MINUTES
      ? [{ from: 0, until: Math.min(DAY_MINUTES, end - DAY_MINUTES) }]
      : []),
    ...(weekdays.includes(weekday) ? [{ from: begin, until: Math.min(DAY_MINUTES, end) }] : []),
  ]
}
