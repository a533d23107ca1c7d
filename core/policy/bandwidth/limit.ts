import { type Bandwidth, bandwidthAt, type BandwidthWindow } from './bandwidth.ts'

/** Who or what had a run begin. */
export type Trigger = 'manual' | 'schedule' | 'system'

/**
 * How fast all backups of a policy together may store. Somebody waits for one that was begun by hand: it takes all there is
 * (GEN-15). Those that nobody began by hand keep to the policy's windows (GEN-16).
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
