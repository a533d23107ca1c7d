import type { BlobIndex } from '../../repository/index.ts'
import { LACKING, MARKED, type MarkBlob } from '../reading/tree-marker.ts'
import { type CopyMarks, STATE } from './copy-marks.ts'

/** Blobs that the destination lacks, and their sealed bytes in the source. */
export interface Wanted {
  blobs: number
  bytes: number
}

/**
 * Marks what a snapshot needs, each blob at the entry of the source's index that a search finds, and adds up in `wanted`
 * what the destination lacks of it. A tree has to be in the source, be it in the destination or not: it is read there.
 */
export function markerOfNeed(source: BlobIndex, destination: BlobIndex, marks: CopyMarks, wanted: Wanted): MarkBlob {
  return (type, id) => {
    const entry = source.find(type, id)
    const state = entry < 0 ? STATE.lost : (marks[entry] ?? 0)
    if (state === STATE.lost) return type === 'data' && destination.find(type, id) >= 0 ? MARKED : LACKING
    if (state !== 0) return MARKED
    const isThere = destination.find(type, id) >= 0
    if (Atomics.compareExchange(marks, entry, 0, isThere ? STATE.had : STATE.wanted) !== 0) return MARKED
    if (!isThere) {
      wanted.blobs++
      wanted.bytes += source.locate(entry).length
    }
    return entry
  }
}
