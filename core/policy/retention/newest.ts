import type { Kept } from './keepers.ts'
import type { RetentionPoint } from './point.ts'

/**
 * RET-20: the newest complete point is never removed, whatever its age, and RET-9: neither is the newest of all. Of both
 * sorts the newest that is no log stays, too: it can be restored by itself, and the next log or differential point, which
 * nobody knows yet, will need it. Points that are dated after `now` are none of them: a clock was wrong.
 */
export function* newestOnes(points: readonly RetentionPoint[], now: number): Iterable<Kept> {
  const past = points.filter(({ completed }) => completed <= now)
  const complete = past.filter(({ isComplete }) => isComplete)
  const kept = new Set<RetentionPoint>()
  for (const [rule, those] of [
    ['newest-complete', complete],
    ['newest', past],
  ] as const) {
    for (const point of [newestOf(those), newestOf(those.filter(({ kind }) => kind !== 'log'))]) {
      if (!point || kept.has(point)) continue
      kept.add(point)
      yield { point, reason: { rule, until: Number.POSITIVE_INFINITY } }
    }
  }
}

function newestOf(points: readonly RetentionPoint[]): RetentionPoint | undefined {
  return points.reduce<RetentionPoint | undefined>(
    (newest, point) => (newest && newest.completed >= point.completed ? newest : point),
    undefined,
  )
}
