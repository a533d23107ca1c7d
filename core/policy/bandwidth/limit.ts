import { type Bandwidth, bandwidthAt, type BandwidthWindow } from './bandwidth.ts'

/** Who or what had a run begin. */
export type Trigger = 'manual' | 'schedule' | 'system'

/**
 * How fast a run may store. Somebody waits for one that was begun by hand: it takes all there is (GEN-15). A scheduled one
 * keeps to its policy's windows (GEN-16), and so does what the appliance begins by itself: nobody waits for that, either.
 */
export function limitOf(
  trigger: Trigger,
  windows: readonly BandwidthWindow[],
  timeZone: string,
  now: number,
): Bandwidth {
  if (trigger === 'manual') return { bytesPerSecond: undefined, until: Number.POSITIVE_INFINITY }
  return bandwidthAt(windows, timeZone, now)
}
