import type { WaitNote } from '../../repository/index.ts'
import { createNoteColumn } from '../inventory/note-column.ts'

/** What is in a pack that an index lists or a note names. */
export interface PackContent {
  /** Bytes of the file; NaN where it is not there. */
  readonly bytes: number
  /** Whether the file is there, and as long as what the index lists of it says. */
  readonly isWhole: boolean
  readonly blobs: number
  readonly hasTrees: boolean
  readonly hasData: boolean
  /** Whether some blob in it is not compressed. One of no bytes cannot be. */
  readonly hasUncompressed: boolean
  /** Where it waits to be removed: what is noted of that. */
  readonly waiting: WaitNote | undefined
}

/** How much of a pack is needed. */
export interface PackUse extends PackContent {
  /** Its number in the ledger and the index. */
  readonly pack: number
  /** Blobs whose copy in this pack stays, and their bytes. */
  readonly keptBlobs: number
  readonly keptBytes: number
}

/** How much of each pack is needed, by their numbers. */
export interface PackUses extends Iterable<PackUse> {
  readonly count: number
  /** How it is now. */
  of(pack: number): PackUse
  /** Counts a blob of so many bytes whose copy in this pack stays. */
  keep(pack: number, bytes: number): void
}

const FLAG = { whole: 1, trees: 2, data: 4, uncompressed: 8 } as const

/**
 * Nothing is counted as kept yet. A pack takes 25 bytes, and 4 where it waits, in columns: of a disk in large blocks there may be one for every
 * four blobs.
 */
export function createPackUses(count: number, contents: Iterable<PackContent>): PackUses {
  const bytes = new Float64Array(count)
  const blobs = new Uint32Array(count)
  const flags = new Uint8Array(count)
  const keptBlobs = new Uint32Array(count)
  const keptBytes = new Float64Array(count)
  const waiting = createNoteColumn()
  let next = 0
  for (const content of contents) {
    bytes[next] = content.bytes
    blobs[next] = content.blobs
    flags[next] =
      (content.isWhole ? FLAG.whole : 0) |
      (content.hasTrees ? FLAG.trees : 0) |
      (content.hasData ? FLAG.data : 0) |
      (content.hasUncompressed ? FLAG.uncompressed : 0)
    if (content.waiting) waiting.set(next, content.waiting)
    next++
  }

  function of(pack: number): PackUse {
    const flag = flags[pack] ?? 0
    return {
      pack,
      bytes: bytes[pack] ?? Number.NaN,
      isWhole: (flag & FLAG.whole) !== 0,
      blobs: blobs[pack] ?? 0,
      hasTrees: (flag & FLAG.trees) !== 0,
      hasData: (flag & FLAG.data) !== 0,
      hasUncompressed: (flag & FLAG.uncompressed) !== 0,
      waiting: waiting.at(pack),
      keptBlobs: keptBlobs[pack] ?? 0,
      keptBytes: keptBytes[pack] ?? 0,
    }
  }

  return {
    count,
    of,
    keep(pack, length) {
      keptBlobs[pack] = (keptBlobs[pack] ?? 0) + 1
      keptBytes[pack] = (keptBytes[pack] ?? 0) + length
    },
    *[Symbol.iterator]() {
      for (let pack = 0; pack < count; pack++) yield of(pack)
    },
  }
}
