import type { Kept } from './keepers.ts'
import type { RetentionPoint } from './point.ts'

/** The point that keeps others, and until when it is kept itself. */
interface Needing {
  readonly id: string
  readonly until: number
}

/**
 * RET-12, RET-14, RET-19: what other points cannot be restored without, until the last of these goes. A differential point
 * needs the full one immediately before it; a log needs the full or differential one before it, and the logs between.
 * `untilOf` says until when a point is kept for its own sake, by its place among them.
 */
export function* neededOnes(
  points: readonly RetentionPoint[],
  untilOf: (point: RetentionPoint, at: number) => number,
): Iterable<Kept> {
  if (points.every(({ kind }) => kind === 'full')) return
  // From the newest to the oldest: what is wanted by later ones is known when a point's turn comes.
  let wantsFull: Needing | undefined
  let wantsBase: Needing | undefined
  const placed = points.map((point, at) => ({ point, at }))
  for (const { point, at } of placed.toSorted((a, b) => b.point.completed - a.point.completed)) {
    const { id, kind } = point
    const by = kind === 'full' ? longer(wantsFull, wantsBase) : wantsBase
    if (by) yield { point, reason: { rule: 'needed', by: by.id, until: by.until } }
    const own = { id, until: untilOf(point, at) }
    if (kind === 'log') wantsBase = longer(own, wantsBase)
    else if (kind === 'differential') {
      wantsFull = longer(longer(own, wantsBase), wantsFull)
      wantsBase = undefined
    } else {
      wantsFull = undefined
      wantsBase = undefined
    }
  }
}

function longer(one: Needing | undefined, other: Needing | undefined): Needing | undefined {
  if (!one || !other) return one ?? other
  return other.until > one.until ? other : one
}
