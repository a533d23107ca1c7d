import type { BlobIndex } from '../../repository/index.ts'

/** How well a pack can be had, by its number: the lower the better. */
export type PackRanks = Uint8Array

/** Of packs that are there, and of which nobody has said more. */
export const THERE = 0
/** Of packs that are nowhere. */
export const NOWHERE = 255
/** What is added for a pack that waits to be removed: it counts only where there is nothing else. */
const WAITS = 128

/**
 * Which copy of a blob counts as needed: any of them would do. The one of the pack that can be had best is taken, and of
 * several alike the one that a restore finds first. `entry` is the one that a search finds.
 */
export function chooseCopy(index: BlobIndex, ranks: PackRanks, listed: number, entry: number): number {
  let best = entry
  let bestRank = rankOf(index, ranks, listed, entry)
  for (let copy = index.next(entry); copy >= 0 && bestRank > THERE; copy = index.next(copy)) {
    const rank = rankOf(index, ranks, listed, copy)
    if (rank < bestRank) [best, bestRank] = [copy, rank]
  }
  return best
}

function rankOf(index: BlobIndex, ranks: PackRanks, listed: number, entry: number): number {
  const rank = ranks[index.locate(entry).pack] ?? NOWHERE
  return entry < listed || rank === NOWHERE ? rank : rank + WAITS
}
