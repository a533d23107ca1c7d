import type { Temporal } from 'temporal-polyfill'

import { type LocalDay, localDay, MINUTE, minuteOf } from './local-day.ts'
import type { IntervalRule, Schedule, ScheduleDays, ScheduleRule } from './schedule.ts'

/** What of a schedule says when its runs begin. */
export type When = Pick<Schedule, 'timeZone' | 'rules'>

/** Every rule that begins anything at all does so each month. Behind more empty days than this there is nothing. */
export const MOST_IDLE_DAYS = 64

/** When the runs of a day begin, in no order and perhaps doubled. Milliseconds since the epoch. */
export function timesOn({ timeZone, rules }: When, date: Temporal.PlainDate): number[] {
  const todays = rules.filter(({ days }) => isOneOf(days, date))
  if (todays.length === 0) return []
  const day = localDay(date, timeZone)
  return todays.flatMap((rule) => timesOf(rule, day))
}

/** Whether it is one of these days. No day is it twice: the 30th and the 31st are both the last one of a month of 30. */
function isOneOf(days: ScheduleDays, date: Temporal.PlainDate): boolean {
  if (days.type === 'week') return days.weekdays.includes(date.dayOfWeek)
  const last = date.daysInMonth
  return days.days.some((day) => (day === -1 ? last : Math.min(day, last)) === date.day)
}

/**
 * When a rule's runs of one of its days begin.
 *
 * - Of a rule of **times**, each happens once. What the clock jumps over happens when it jumps; what it shows twice happens
 *   the first time.
 * - An **interval** goes by the clock on the wall, so that its runs are at the same times of every day. What the clock jumps
 *   over is one run, when it jumps. In the hour that comes twice a time happens again where the interval has passed since the
 *   run before: 15 minutes stay 15 minutes all night, while of every two hours the one at 02:00 is not doubled.
 */
function timesOf(rule: ScheduleRule, day: LocalDay): number[] {
  if (rule.type === 'times') return rule.times.map((time) => day.momentOf(minuteOf(time)))
  const minutes = minutesOf(rule)
  const firsts = minutes.map((minute) => day.momentOf(minute))
  const seconds = minutes.flatMap((minute) => day.againAt(minute) ?? [])
  return seconds.length === 0 ? firsts : withSeconds(firsts, seconds, rule.everyMinutes * MINUTE)
}

/** How long an interval goes on. Minutes. */
function lengthOf({ from, until }: IntervalRule): number {
  const length = minuteOf(until) - minuteOf(from)
  return length > 0 ? length : length + 1440
}

function minutesOf(rule: IntervalRule): number[] {
  const from = minuteOf(rule.from)
  const last = from + lengthOf(rule)
  // At the end of the day the next one begins.
  const end = rule.until === '00:00' ? last - 1 : last
  const minutes: number[] = []
  for (let minute = from; minute <= end; minute += rule.everyMinutes) minutes.push(minute)
  return minutes
}

function withSeconds(firsts: readonly number[], seconds: readonly number[], every: number): number[] {
  const again = new Set(seconds)
  const kept: number[] = []
  for (const moment of [...firsts, ...seconds].toSorted((a, b) => a - b)) {
    if (again.has(moment) && moment - (kept.at(-1) ?? Number.NEGATIVE_INFINITY) < every) continue
    kept.push(moment)
  }
  return kept
}
