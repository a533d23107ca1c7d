import { arrivalsOf, type Change } from './arrivals.ts'
import { type Backlog, type BacklogPoint, createBacklog } from './backlog.ts'
import { growsWeekly } from './grows-weekly.ts'
import { LOOK_EVERY } from './open-window.ts'
import type { SyncSchedule } from './sync-schedule.ts'
import { syncSpans } from './sync-spans.ts'

const DAY = 86_400_000

export interface SyncQuestion {
  readonly schedule: SyncSchedule
  readonly timeZone: string
  /** Milliseconds since the epoch. */
  readonly from: number
  /** So many days of 24 hours are looked at. */
  readonly days: number
  /** What waits at `from`. */
  readonly backlogBytes: number
  readonly change: Change
}

export interface SyncForecast {
  readonly points: readonly BacklogPoint[]
  readonly sentBytes: number
  /** When a sync has brought everything away for the first time. Undefined where none does in these days. */
  readonly emptyAt: number | undefined
  /** CC-7: when that sync counts as complete, which is the end of its window. */
  readonly completeAt: number | undefined
  /** Each week leaves more than the one before. Undefined where less than two weeks are looked at. */
  readonly isGrowing: boolean | undefined
}

/** What the CloudCache would bring away, and what would wait, if this were its schedule: for a screen to show before it is saved. */
export function simulateSync({ schedule, timeZone, from, days, backlogBytes, change }: SyncQuestion): SyncForecast {
  const to = from + days * DAY
  const backlog = createBacklog(from, backlogBytes, arrivalsOf(change, from, to))
  let emptied: Pick<SyncForecast, 'emptyAt' | 'completeAt'> = { emptyAt: undefined, completeAt: undefined }
  for (const { window, start, end } of syncSpans(schedule, timeZone, from, to)) {
    backlog.idle(start)
    const emptyAt = sync(backlog, Math.min(end, to), window.bytesPerSecond)
    if (emptied.emptyAt === undefined && emptyAt !== undefined) emptied = { emptyAt, completeAt: end }
  }
  backlog.idle(to)
  const { points, sentBytes } = backlog.told()
  return { points, sentBytes, ...emptied, isGrowing: growsWeekly(points, from, to) }
}

/** One window. CC-7: when everything is away it is looked every ten minutes whether there is more. Tells when that was at first. */
function sync(backlog: Backlog, end: number, bytesPerSecond: number): number | undefined {
  let emptyAt: number | undefined
  while (backlog.now().at < end) {
    const { at, bytes } = backlog.now()
    if (bytes > 0) {
      backlog.send(end, bytesPerSecond)
      continue
    }
    emptyAt ??= at
    const looks = Math.max(1, Math.ceil((backlog.nextArrival() - at) / LOOK_EVERY))
    backlog.idle(Math.min(end, at + looks * LOOK_EVERY))
  }
  // What is away as the window ends is away in time.
  return emptyAt ?? (backlog.now().bytes === 0 ? backlog.now().at : undefined)
}
