import type { BlobIndex, BlobType } from '../../../repository/index.ts'

/** Which of an index's blobs were met: one bit a blob. */
export interface BlobMarks {
  /** The blob's entry when it was not met before; -1 when it was, and -2 when it is in no index. */
  meet(type: BlobType, id: Uint8Array): number
}

export const MET = -1
export const UNKNOWN = -2

export function createBlobMarks(index: BlobIndex): BlobMarks {
  const bits = new Uint8Array((index.count >>> 3) + 1)
  return {
    meet(type, id) {
      const entry = index.find(type, id)
      if (entry < 0) return UNKNOWN
      const byte = bits[entry >>> 3] ?? 0
      const bit = 1 << (entry & 7)
      if ((byte & bit) !== 0) return MET
      bits[entry >>> 3] = byte | bit
      return entry
    },
  }
}
