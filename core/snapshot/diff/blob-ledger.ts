import { type BlobIndex, type BlobType, createBlobIndex, ID_BYTES, plainLength } from '../../repository/index.ts'

/** What is noted of a blob: marks are added up. */
export const BEFORE = 1
export const AFTER = 2
/** It is in a folder that is the same before and after. */
export const COMMON = 4
/** It is the tree of such a folder. */
export const EQUAL = 8

/** Blobs that are only on one side. */
export interface BlobTotals {
  readonly dataBlobs: number
  readonly treeBlobs: number
  /** Bytes once decompressed. Blobs that no index lists have none. */
  readonly bytes: bigint
  /** How many of them no index lists. */
  readonly unlisted: number
}

/** Notes which blobs two trees need: one byte for each blob that the index lists. */
export interface BlobLedger {
  /** Returns the marks that the blob had before. */
  mark(type: BlobType, id: Uint8Array, marks: number): number
  /** The same for all blobs of a file: 32 bytes each. */
  markContent(content: Uint8Array | null, marks: number): void
  /** Whether some blob is needed on one side only, as far as is known. */
  readonly hasDifferences: boolean
  /** Blobs that only this side needs. */
  totals(side: typeof BEFORE | typeof AFTER): BlobTotals
  /** The ids of the trees marked so. Others may be marked meanwhile. */
  marked(mark: number): Iterable<Buffer>
}

export function createBlobLedger(index: BlobIndex): BlobLedger {
  const listed = { index, marks: new Uint8Array(index.count) }
  // Blobs of a damaged repository that are in no index.
  const unlisted = { index: createBlobIndex(), marks: new Uint8Array(64) }

  function mark(type: BlobType, id: Uint8Array, marks: number): number {
    let table = listed
    let entry = index.find(type, id)
    if (entry < 0) {
      table = unlisted
      entry = unlisted.index.find(type, id)
      if (entry < 0) entry = unlisted.index.claim(type, id)
      if (entry >= unlisted.marks.length) {
        const larger = new Uint8Array(2 * entry)
        larger.set(unlisted.marks)
        unlisted.marks = larger
      }
    }
    const known = table.marks[entry] ?? 0
    table.marks[entry] = known | marks
    return known
  }

  return {
    mark,
    markContent(content, marks) {
      if (!content) return
      const { length } = content
      for (let at = 0; at < length; at += ID_BYTES) mark('data', content.subarray(at, at + ID_BYTES), marks)
    },
    get hasDifferences() {
      return [listed, unlisted].some(({ marks }) => marks.some((each) => isOnOneSide(each)))
    },
    totals(side) {
      const counts = { data: 0, tree: 0 }
      let bytes = 0n
      let missing = 0
      for (const table of [listed, unlisted]) {
        for (let entry = 0; entry < table.marks.length; entry++) {
          const marks = table.marks[entry] ?? 0
          if (!isOnOneSide(marks) || (marks & side) === 0) continue
          const location = table.index.locate(entry)
          counts[location.type]++
          if (table === listed) bytes += BigInt(plainLength(location))
          else missing++
        }
      }
      return { dataBlobs: counts.data, treeBlobs: counts.tree, bytes, unlisted: missing }
    },
    *marked(wanted) {
      for (const table of [listed, unlisted])
        for (let entry = 0; entry < table.marks.length; entry++)
          if (((table.marks[entry] ?? 0) & wanted) !== 0) yield table.index.idOf(entry)
    },
  }
}

function isOnOneSide(marks: number): boolean {
  const sides = marks & (BEFORE | AFTER | COMMON)
  return sides === BEFORE || sides === AFTER
}
