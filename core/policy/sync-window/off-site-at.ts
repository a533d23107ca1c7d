import type { SyncSchedule } from './sync-schedule.ts'
import { syncSpans } from './sync-spans.ts'

/** Nobody waits for longer: two years. */
const MOST_WAIT = 2 * 366 * 86_400_000

/** When so many bytes will be through, if nothing comes before them. Undefined: not within two years, or never. */
export function offSiteAt(
  backlogBytes: number,
  schedule: SyncSchedule,
  timeZone: string,
  from: number,
): number | undefined {
  if (backlogBytes <= 0) return from
  let left = backlogBytes
  for (const { window, start, end } of syncSpans(schedule, timeZone, from, from + MOST_WAIT)) {
    const begin = Math.max(start, from)
    const through = begin + Math.ceil((left * 1000) / window.bytesPerSecond)
    if (through <= end) return through
    left -= ((end - begin) * window.bytesPerSecond) / 1000
  }
  return undefined
}
