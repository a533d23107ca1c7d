import type { DayWindow } from '../schedule/schedule.ts'
import { spansAt } from '../schedule/window-spans.ts'
import { nextWindowStart } from '../schedule/windows.ts'

/** In this window no more than so many bytes a second are stored. */
export interface BandwidthWindow extends DayWindow {
  readonly bytesPerSecond: number
}

export interface Bandwidth {
  /** Undefined: no limit. */
  readonly bytesPerSecond: number | undefined
  /** It does not change before. Milliseconds since the epoch; Infinity where it never does. */
  readonly until: number
}

/** The lowest limit of all windows that hold now. Outside of them there is none. */
export function bandwidthAt(windows: readonly BandwidthWindow[], timeZone: string, now: number): Bandwidth {
  const open = spansAt(windows, timeZone, now)
  const next = nextWindowStart(windows, timeZone, now) ?? Number.POSITIVE_INFINITY
  return {
    bytesPerSecond: open.length === 0 ? undefined : Math.min(...open.map(({ window }) => window.bytesPerSecond)),
    until: Math.min(next, ...open.map(({ end }) => end)),
  }
}
