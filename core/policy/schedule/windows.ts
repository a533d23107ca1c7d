import { localDate } from './local-day.ts'
import type { DayWindow } from './schedule.ts'
import { spansAt, spansOf } from './window-spans.ts'

/** A week has every weekday. One more is for a window that the clock jumps over, the rest for a day that a place leaves out. */
const MOST_DAYS = 17

/** Whether a scheduled run may begin now. Where there are no windows it always may. */
export function isInWindow(windows: readonly DayWindow[], timeZone: string, now: number): boolean {
  return windows.length === 0 || spansAt(windows, timeZone, now).length > 0
}

/**
 * When the next window begins, later than `now`, be another one open or not. Milliseconds since the epoch. Undefined where
 * there are no windows: it is always open then.
 */
export function nextWindowStart(windows: readonly DayWindow[], timeZone: string, now: number): number | undefined {
  const yesterday = localDate(now, timeZone).subtract({ days: 1 })
  for (let day = 0; day < MOST_DAYS; day++) {
    const starts = spansOf(windows, timeZone, yesterday.add({ days: day }), 1).map(({ start }) => start)
    const next = starts.filter((start) => start > now)
    if (next.length > 0) return Math.min(...next)
  }
  return undefined
}
