import type { BandwidthWindow } from '../bandwidth/bandwidth.ts'
import type { DayWindow } from '../schedule/schedule.ts'

/**
 * CC-6: from this time of these days on, for so many minutes, the CloudCache brings to cloud storage what it holds, at no
 * more than so many bytes a second. All are those of the appliance's time zone.
 */
export type SyncWindow = BandwidthWindow

/** When the CloudCache synchronises: in these windows, of which no two are open at the same time. */
export type SyncSchedule = readonly SyncWindow[]

/** A window of which nobody has said yet how fast it may be. */
export interface SyncWindowDraft extends DayWindow {
  readonly bytesPerSecond: number | undefined
}

/** CC-4: what somebody has to say before anything is synchronised. Nothing of it is made up for him. */
export function missingOfSync(windows: readonly SyncWindowDraft[]): ('schedule' | 'bandwidth')[] {
  const open = windows.filter(({ weekdays }) => weekdays.length > 0)
  if (open.length === 0) return ['schedule', 'bandwidth']
  return windows.some(({ bytesPerSecond }) => bytesPerSecond === undefined) ? ['bandwidth'] : []
}

/** CC-4: it is complete once both the schedule and the bandwidth of each of its windows are set. */
export function isSyncComplete(windows: readonly SyncWindowDraft[]): windows is SyncSchedule {
  return missingOfSync(windows).length === 0
}
