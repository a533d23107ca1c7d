/** What the removal of recovery points is measured by. Moments are milliseconds since the epoch. */
export interface BrakeEvidence {
  readonly now: number
  /** When points of this set were removed last, or looked at. */
  readonly lastRun?: number | undefined
  /** How long that is ago by a clock that is never set, where the computer was not restarted meanwhile. Milliseconds. */
  readonly sinceLastRun?: number | undefined
  /** What the storage's own clock says. */
  readonly storageTime?: number | undefined
  /** When the newest point of the set was made. */
  readonly newestPoint?: number | undefined
  /** Points of the set. */
  readonly points: number
  /** How many of them would go. */
  readonly removed: number
}

/** Why nothing is removed before a person has confirmed it (RET-22). */
export type Brake =
  /** The clock is `by` milliseconds off (ahead, where positive), measured by something that should know. */
  | { readonly kind: 'clock'; readonly by: number; readonly against: 'last-run' | 'storage' | 'newest-point' }
  /** Too many points would go at once. */
  | { readonly kind: 'mass-expiry'; readonly removed: number; readonly of: number }

const DAY = 24 * 60 * 60 * 1000
const MOST_AT_ONCE = 0.3

/**
 * RET-22. A single point is never too many: of a set with three of them one is a third, and goes every day. A clock that
 * was set ahead cannot be told from an appliance that was off, unless the storage or an unset clock says so; the share
 * of points catches it then.
 */
export function brakesOf(evidence: BrakeEvidence): Brake[] {
  const { now, lastRun, sinceLastRun, storageTime, newestPoint, points, removed } = evidence
  const brakes: Brake[] = []
  const offBy = (by: number, against: 'last-run' | 'storage' | 'newest-point'): void => {
    if (Math.abs(by) > DAY) brakes.push({ kind: 'clock', by, against })
  }
  if (lastRun !== undefined)
    offBy(sinceLastRun === undefined ? Math.min(0, now - lastRun) : now - lastRun - sinceLastRun, 'last-run')
  if (storageTime !== undefined) offBy(now - storageTime, 'storage')
  if (newestPoint !== undefined) offBy(Math.min(0, now - newestPoint), 'newest-point')
  if (removed > 1 && removed > points * MOST_AT_ONCE) brakes.push({ kind: 'mass-expiry', removed, of: points })
  return brakes
}
