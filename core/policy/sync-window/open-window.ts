import { MINUTE } from '../schedule/local-day.ts'
import type { SyncSchedule } from './sync-schedule.ts'
import { type SyncSpan, syncSpans } from './sync-spans.ts'

const DAY = 1440 * MINUTE
/** A week has every weekday; its last day may end an hour later, or be one that a place leaves out. */
const MOST_DAYS = 9

/** CC-7: a sync that has brought everything away looks so often whether there is more. */
export const LOOK_EVERY = 10 * MINUTE

/** The window that is open now, if one is. */
export function openSyncWindow(schedule: SyncSchedule, timeZone: string, now: number): SyncSpan | undefined {
  const [span] = syncSpans(schedule, timeZone, now, now + 1)
  return span
}

/** The first window that begins later than `now`, be another one open or not. */
export function nextSyncWindow(schedule: SyncSchedule, timeZone: string, now: number): SyncSpan | undefined {
  for (const span of syncSpans(schedule, timeZone, now, now + MOST_DAYS * DAY)) if (span.start > now) return span
  return undefined
}

/**
 * CC-7: when a sync that had brought everything away at `doneAt` looks for more. Undefined where the window is over by then:
 * the sync counts as complete at its end, which is the window's (09:00 and four hours: 13:00).
 */
export function nextSyncLook({ end }: SyncSpan, doneAt: number): number | undefined {
  const next = doneAt + LOOK_EVERY
  return next < end ? next : undefined
}
