import { minuteOf } from '../schedule/local-day.ts'
import type { DayWindow } from '../schedule/schedule.ts'

const DAY_MINUTES = 1440
const WEEK_MINUTES = 7 * DAY_MINUTES

/** Two windows that are open at the same time, and when they are for the first time in a week. */
export interface SyncOverlap {
  /** Their places in the list. */
  readonly windows: readonly [number, number]
  readonly weekday: number
  readonly start: string
  readonly minutes: number
}

/** One day of a window, in minutes of the week, which begins on Monday. */
interface Opening {
  readonly at: number
  readonly start: number
  readonly end: number
}

/**
 * All pairs of windows that overlap, by the clock on the wall; each pair is told once. What one night makes of them in which
 * clocks are changed is no overlap: there the later one takes over.
 */
export function syncOverlaps(windows: readonly DayWindow[]): SyncOverlap[] {
  const openings = windows.flatMap(openingsOf).toSorted((a, b) => a.start - b.start)
  // Sunday goes on into Monday.
  const nextWeek = openings.map(({ at, start, end }) => ({ at, start: start + WEEK_MINUTES, end: end + WEEK_MINUTES }))
  const found = new Map<string, SyncOverlap>()
  for (const [number, opening] of openings.entries()) {
    for (const other of [...openings.slice(number + 1), ...nextWeek]) {
      if (other.start >= opening.end) break
      const pair = [Math.min(opening.at, other.at), Math.max(opening.at, other.at)] as const
      const key = pair.join(' ')
      if (found.has(key)) continue
      const minutes = Math.min(opening.end, other.end) - other.start
      found.set(key, { windows: pair, ...timeOf(other.start % WEEK_MINUTES), minutes })
    }
  }
  return [...found.values()]
}

function openingsOf({ weekdays, start, minutes }: DayWindow, at: number): Opening[] {
  return [...new Set(weekdays)].map((weekday) => {
    const from = (weekday - 1) * DAY_MINUTES + minuteOf(start)
    return { at, start: from, end: from + minutes }
  })
}

function timeOf(minute: number): { readonly weekday: number; readonly start: string } {
  const [hours, minutes] = [Math.floor((minute % DAY_MINUTES) / 60), minute % 60]
  return {
    weekday: Math.floor(minute / DAY_MINUTES) + 1,
    start: `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`,
  }
}
