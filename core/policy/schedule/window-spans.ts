import type { Temporal } from 'temporal-polyfill'

import { localDate, localDay, minuteOf } from './local-day.ts'
import type { DayWindow } from './schedule.ts'

/** A window of one day: `start` belongs to it, `end` does not. Milliseconds since the epoch. */
export interface WindowSpan<W extends DayWindow> {
  readonly window: W
  readonly start: number
  readonly end: number
}

/**
 * The windows of the days from `first` to `last`. They begin and end when the clock on the wall says so, for the first time
 * where it does twice: a night from 22:00 to 06:00 ends at 06:00, though it has seven hours or nine, and windows that meet
 * still meet. One that the clock jumps over as a whole is not there that day.
 */
export function spansOf<W extends DayWindow>(
  windows: readonly W[],
  timeZone: string,
  first: Temporal.PlainDate,
  days: number,
): WindowSpan<W>[] {
  return Array.from({ length: days }, (_, day) => first.add({ days: day })).flatMap((date) => {
    const todays = windows.filter(({ weekdays }) => weekdays.includes(date.dayOfWeek))
    if (todays.length === 0) return []
    const day = localDay(date, timeZone)
    return todays
      .map((window) => {
        const minute = minuteOf(window.start)
        return { window, start: day.momentOf(minute), end: day.momentOf(minute + window.minutes) }
      })
      .filter(({ start, end }) => start < end)
  })
}

/** The windows that hold at a moment. None is longer than a day: it began today or yesterday. */
export function spansAt<W extends DayWindow>(windows: readonly W[], timeZone: string, now: number): WindowSpan<W>[] {
  const yesterday = localDate(now, timeZone).subtract({ days: 1 })
  return spansOf(windows, timeZone, yesterday, 3).filter(({ start, end }) => start <= now && now < end)
}
