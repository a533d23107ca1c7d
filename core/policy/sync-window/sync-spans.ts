import { Temporal } from 'temporal-polyfill'

import { localDate, localDay, MINUTE, minuteOf } from '../schedule/local-day.ts'
import type { SyncSchedule, SyncWindow } from './sync-schedule.ts'

const DAY = 1440 * MINUTE

/** A window of one day: `start` belongs to it, `end` does not. Milliseconds since the epoch. */
export interface SyncSpan {
  readonly window: SyncWindow
  readonly start: number
  readonly end: number
}

/**
 * One that is open now began two days ago at the most: it lasts a day, and in between there may be a day of 23 hours, or one
 * that a place left out.
 */
const DAYS_BEFORE = 2

/**
 * The windows that are open at `from` or later and begin before `to`, in their order. None is open while another one is.
 *
 * - A window begins when the clock on the wall shows its start, for the first time where it does twice, and where the clock
 *   jumps over it, when it jumps.
 * - It lasts as long as it says, whatever clocks do meanwhile: four hours are four hours.
 * - So one that meets the next by the clock may last into it when clocks are changed: the next one takes over, as it may be
 *   there because people begin to work.
 */
export function* syncSpans(schedule: SyncSchedule, timeZone: string, from: number, to: number): Generator<SyncSpan> {
  let before: SyncSpan | undefined
  for (const span of openings(schedule, timeZone, from, to + 2 * DAY)) {
    if (before) yield* openSince(from, { ...before, end: Math.min(before.end, span.start) })
    if (span.start >= to) return
    before = span
  }
  if (before) yield* openSince(from, before)
}

/** One that another takes the place of as it begins is not there that day. */
function* openSince(from: number, span: SyncSpan): Generator<SyncSpan> {
  if (span.start < span.end && span.end > from) yield span
}

/** Each as long as it says, in the order in which they begin: up to the day that it is at `to`. */
function* openings(schedule: SyncSchedule, timeZone: string, from: number, to: number): Generator<SyncSpan> {
  const sorted = schedule
    .map((window) => ({ window, minute: minuteOf(window.start) }))
    .toSorted((a, b) => a.minute - b.minute)
  const last = localDate(to, timeZone)
  let date = localDate(from, timeZone).subtract({ days: DAYS_BEFORE })
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const todays = sorted.filter(({ window }) => window.weekdays.includes(date.dayOfWeek))
    if (todays.length === 0) continue
    const day = localDay(date, timeZone)
    for (const { window, minute } of todays) {
      const start = day.momentOf(minute)
      yield { window, start, end: start + window.minutes * MINUTE }
    }
  }
}
