import type { BlobIndex } from '../../repository/index.ts'
import { LACKING, MARKED, type MarkBlob } from '../reading/tree-marker.ts'
import { MARK } from './marks.ts'

/** Marks blobs as used, each at the entry that a search finds. */
export function markerOfUse(index: BlobIndex, marks: Uint8Array): MarkBlob {
  return (type, id) => {
    const entry = index.find(type, id)
    if (entry < 0) return LACKING
    // Most are marked already, and a look costs less than a change that other threads must see.
    if (((marks[entry] ?? 0) & MARK.used) !== 0) return MARKED
    return (Atomics.or(marks, entry, MARK.used) & MARK.used) === 0 ? entry : MARKED
  }
}
