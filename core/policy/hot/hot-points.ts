const DAY = 86_400_000

/** A recovery point, as the cache's retention sees it. */
export interface CachedPoint {
  readonly id: string
  /** Undefined: no backup set of this appliance made it. */
  readonly set: string | undefined
  /** Milliseconds since the epoch. */
  readonly completed: number
  readonly isComplete: boolean
}

/**
 * Which points stay hot (CC-10): those of the last days, as many as their set says, and of each set the newest complete one and
 * the newest of all, however old: that is what somebody wants back first.
 */
export function hotPoints(
  points: readonly CachedPoint[],
  daysOf: (set: string | undefined) => number,
  now: number,
): Set<string> {
  const hot = new Set<string>()
  const newest = new Map<string, CachedPoint>()
  const newestComplete = new Map<string, CachedPoint>()
  for (const point of points) {
    if (now - point.completed <= daysOf(point.set) * DAY) hot.add(point.id)
    if (point.set === undefined) continue
    keepNewer(newest, point.set, point)
    if (point.isComplete) keepNewer(newestComplete, point.set, point)
  }
  for (const { id } of [...newest.values(), ...newestComplete.values()]) hot.add(id)
  return hot
}

function keepNewer(found: Map<string, CachedPoint>, set: string, point: CachedPoint): void {
  const other = found.get(set)
  if (other === undefined || point.completed >= other.completed) found.set(set, point)
}
