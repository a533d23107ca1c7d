import type { Journal } from '../journal/journal.ts'

/** A recovery point that the vault has. */
export interface NeedingPoint {
  readonly snapshot: string
  /** Milliseconds since the epoch. */
  readonly completed: number
  /** It is to stay in the local tier. */
  readonly isHot: boolean
}

/** Who needs the packs of a journal, by their numbers there. */
export interface PackUses {
  readonly hot: { has(pack: number): boolean }
  /** When the newest point was made that needs it; undefined: none does, as far as anybody has looked. */
  neededBy(pack: number): number | undefined
  /** Hot points of which nobody knows what they need, or not since a prune laid that elsewhere. */
  readonly unknown: readonly string[]
}

/** One list after the other is read: what is held is a number for each pack, however many points there are. */
export function readPackUses({ needs }: Journal, points: Iterable<NeedingPoint>): PackUses {
  const places = needs.places()
  const newest = new Map<number, number>()
  const hot = new Set<number>()
  const unknown: string[] = []
  for (const { snapshot, completed, isHot } of points) {
    if (isHot && needs.sum(snapshot, places) === undefined) unknown.push(snapshot)
    needs.each(snapshot, (pack) => {
      if (completed > (newest.get(pack) ?? Number.NEGATIVE_INFINITY)) newest.set(pack, completed)
      if (isHot) hot.add(pack)
    })
  }
  return { hot, neededBy: (pack) => newest.get(pack), unknown }
}
