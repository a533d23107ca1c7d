import type { Kept } from './keepers.ts'
import type { RetentionPoint } from './point.ts'

/**
 * RET-20: the newest complete point is never removed, whatever its age, and RET-9: neither is the newest of all. Of both
 * sorts the newest that is no log stays, too: it can be restored by itself, and the next log or differential point, which
 * nobody knows yet, will need it. Points that are dated after `now` are none of them: a clock was wrong.
 */
export function* newestOnes(points: readonly RetentionPoint[], now: number): Iterable<Kept> {
  let complete: RetentionPoint | undefined
  let completeBase: RetentionPoint | undefined
  let newest: RetentionPoint | undefined
  let newestBase: RetentionPoint | undefined
  for (const point of points) {
    if (point.completed > now) continue
    const isBase = point.kind !== 'log'
    newest = newer(newest, point)
    if (isBase) newestBase = newer(newestBase, point)
    if (!point.isComplete) continue
    complete = newer(complete, point)
    if (isBase) completeBase = newer(completeBase, point)
  }
  const kept = new Set<RetentionPoint>()
  for (const [rule, those] of [
    ['newest-complete', [complete, completeBase]],
    ['newest', [newest, newestBase]],
  ] as const) {
    for (const point of those) {
      if (!point || kept.has(point)) continue
      kept.add(point)
      yield { point, reason: { rule, until: Number.POSITIVE_INFINITY } }
    }
  }
}

function newer(one: RetentionPoint | undefined, other: RetentionPoint): RetentionPoint {
  return one && one.completed >= other.completed ? one : other
}
