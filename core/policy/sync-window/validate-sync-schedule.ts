import { LEAST_BYTES_PER_SECOND } from '../bandwidth/validate-bandwidth.ts'
import { provePart, wholeFrom } from '../schedule/validate-part.ts'
import { validateWindows } from '../schedule/validate-windows.ts'
import { syncOverlaps } from './sync-overlaps.ts'
import type { SyncSchedule } from './sync-schedule.ts'

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Proves a schedule that comes from outside. Throws `input/invalid`; the context's `field` is such as `sync.0.start`. */
export function validateSyncSchedule(schedule: SyncSchedule): void {
  provePart(schedule.length > 0, 'sync', 'Nothing would ever be synchronised.', { remedy: 'Give at least one window.' })
  validateWindows(schedule, 'sync')
  for (const [at, { bytesPerSecond }] of schedule.entries()) {
    provePart(
      wholeFrom(LEAST_BYTES_PER_SECOND, bytesPerSecond, Number.MAX_SAFE_INTEGER),
      `sync.${at}.bytesPerSecond`,
      `Nothing is synchronised at ${bytesPerSecond} bytes a second.`,
      { remedy: `Choose at least ${LEAST_BYTES_PER_SECOND} bytes a second.` },
    )
  }
  const [overlap] = syncOverlaps(schedule)
  if (overlap === undefined) return
  const { windows, weekday, start, minutes } = overlap
  const [one, other] = windows.map((at) => at + 1)
  provePart(
    false,
    `sync.${windows[1]}.start`,
    `The windows ${one} and ${other} are open at the same time: on ${WEEKDAYS[weekday - 1] ?? ''} from ${start}, for ${minutes} minutes.`,
    { remedy: 'Let one end where the other begins.' },
  )
}
