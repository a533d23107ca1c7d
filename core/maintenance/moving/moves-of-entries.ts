import type { BlobIndex } from '../../repository/index.ts'
import type { Move } from './move-blobs.ts'

/** Entries of the index, pack by pack. */
export function movesOfEntries(index: BlobIndex, entries: Iterable<number>): Move[] {
  const byPack = new Map<number, number[]>()
  for (const entry of entries) {
    const { pack } = index.locate(entry)
    const list = byPack.get(pack)
    if (list) list.push(entry)
    else byPack.set(pack, [entry])
  }
  return [...byPack].map(([pack, list]) => ({ pack, entries: list }))
}
