import type { BlobIndex } from '../../repository/index.ts'
import { MARK } from './marks.ts'
import type { PackUse, PackUses } from './pack-uses.ts'

export interface ChosenCopies {
  /** Blobs that are needed. */
  readonly used: number
  /** Further copies of them. */
  readonly repeated: number
  /** Entries of those of which no pack holds a copy. */
  readonly lost: readonly number[]
}

/**
 * Chooses, of each blob that is needed, the copy that stays, marks it as kept, and counts it in `packs`. Where a blob lies
 * in several packs, that is the one of which most stays; packs that wait to be removed come last. One that is known to be
 * unreadable is none.
 */
export function chooseCopies(index: BlobIndex, packs: PackUses, marks: Uint8Array): ChosenCopies {
  const lost: number[] = []
  let used = 0
  let copies = 0
  const repeated: number[] = []

  /** The pack that holds this copy, if it does. */
  function packOf(entry: number): PackUse | undefined {
    if (((marks[entry] ?? 0) & MARK.unreadable) !== 0) return undefined
    const { pack, offset, length } = index.locate(entry)
    const use = packs.of(pack)
    return use.isWhole && offset + length <= use.bytes ? use : undefined
  }

  function keep(entry: number): void {
    const { pack, length } = index.locate(entry)
    marks[entry] = (marks[entry] ?? 0) | MARK.kept
    packs.keep(pack, length)
  }

  const { count } = index
  for (let entry = 0; entry < count; entry++) {
    if (((marks[entry] ?? 0) & MARK.used) === 0) continue
    used++
    if (index.next(entry) >= 0) repeated.push(entry)
    else if (packOf(entry)) keep(entry)
    else lost.push(entry)
  }
  for (const first of repeated) {
    let chosen: { readonly entry: number; readonly use: PackUse } | undefined
    for (let entry = first; entry >= 0; entry = index.next(entry)) {
      copies++
      const use = packOf(entry)
      if (use && (!chosen || isBetter(use, chosen.use))) chosen = { entry, use }
    }
    if (chosen) keep(chosen.entry)
    else lost.push(first)
  }
  return { used, repeated: copies - repeated.length, lost }
}

function isBetter(use: PackUse, other: PackUse): boolean {
  const isWaiting = use.waiting !== undefined
  if (isWaiting !== (other.waiting !== undefined)) return !isWaiting
  return use.keptBytes * other.bytes > other.keptBytes * use.bytes
}
