import type { BlobIndex } from '../../repository/index.ts'
import { plainLength } from '../content.ts'

/** Which blobs of a set are fetched, pack by pack, and where their bytes belong. */
export interface PackPlan {
  /** Adds the blobs of a file that are not right already. Returns how many. */
  add(file: number, blobs: Uint32Array, isRight: (blob: number) => boolean): number
  /** Adds one blob. */
  addBlob(entry: number, file: number, position: number): void
  /** Adds another copy of the blob that a row of an earlier read wanted. False where there is none. */
  addCopy(read: PackRead, row: number): boolean
  /**
   * Reads of packs, in the order in which the files first needed them. Each blob is in one of them, once. With several
   * lanes that order is cut into as many, which take turns: reads that follow each other then belong to different files
   * in different folders, and whoever writes them at the same time does not wait for the other's lock.
   */
  reads(lanes?: number): Generator<PackRead>
}

/** A run of a pack that is read in one go. Its rows are in the order in which their blobs lie in the pack. */
export interface PackRead {
  readonly pack: number
  /** In the pack. Bytes. */
  readonly offset: number
  readonly length: number
  /** Of each row: the blob's entry in the index, the file that it belongs to, and where in that. */
  readonly entries: Uint32Array
  readonly files: Uint32Array
  readonly positions: Float64Array
}

/** Blobs that lie farther apart are read apart: a request costs as much as reading so many bytes too many. */
const GAP = 512 * 1024

/** Reads are cut here, so that the memory for them is bounded in packs of any size. */
export const LONGEST_READ = 9 * 1024 * 1024

/** Of one blob that is wanted often, as zeros are: a job must come to its end, and a message be of some size. */
const MOST_ROWS = 65_536

/** Makes a plan that has room for so many blobs. In numbers, not objects: a set may have a million. */
export function createPackPlan(index: BlobIndex, mostBlobs: number): PackPlan {
  const entries = new Uint32Array(mostBlobs)
  const files = new Uint32Array(mostBlobs)
  const positions = new Float64Array(mostBlobs)
  const offsets = new Uint32Array(mostBlobs)
  /** The row that was added before this one for the same pack, plus one; 0 for none. */
  const before = new Uint32Array(mostBlobs)
  /** By pack, the row that was added last. */
  const last = new Map<number, number>()
  let count = 0

  function want(entry: number, file: number, position: number): void {
    const { pack, offset } = index.locate(entry)
    entries[count] = entry
    files[count] = file
    positions[count] = position
    offsets[count] = offset
    before[count] = (last.get(pack) ?? -1) + 1
    last.set(pack, count++)
  }

  function rowsOf(newest: number): Uint32Array {
    const rows: number[] = []
    for (let row = newest; row >= 0; row = (before[row] ?? 0) - 1) rows.push(row)
    // The order in which they came is nearly that of their offsets, which sorting makes use of.
    return Uint32Array.from(rows.toReversed().toSorted((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0)))
  }

  function readOf(pack: number, rows: Uint32Array): PackRead {
    const pick = (from: Uint32Array): Uint32Array => rows.map((row) => from[row] ?? 0)
    return extentOf(
      index,
      pack,
      pick(entries),
      pick(files),
      Float64Array.from(rows, (row) => positions[row] ?? 0),
    )
  }

  return {
    add(file, blobs, isRight) {
      const first = count
      let position = 0
      for (const [blob, entry] of blobs.entries()) {
        if (!isRight(blob)) want(entry, file, position)
        position += plainLength(index, entry)
      }
      return count - first
    },

    addBlob: want,

    addCopy({ entries: earlier, files: of, positions: at }, row) {
      const entry = index.next(earlier[row] ?? 0)
      if (entry < 0) return false
      want(entry, of[row] ?? 0, at[row] ?? 0)
      return true
    },

    *reads(lanes = 1) {
      const packs = [...last]
      const length = Math.ceil(packs.length / lanes)
      const running = Array.from({ length: lanes }, (_, lane) =>
        readsOf(packs.slice(lane * length, (lane + 1) * length)),
      )
      for (let lane = 0; running.length > 0; lane++) {
        const at = lane % running.length
        const next = running[at]?.next()
        if (next && !next.done) yield next.value
        else running.splice(at, 1)
      }
    },
  }

  function* readsOf(packs: readonly (readonly [pack: number, newest: number])[]): Generator<PackRead> {
    for (const [pack, newest] of packs) {
      const rows = rowsOf(newest)
      let first = 0
      let end = 0
      for (const [at, row] of rows.entries()) {
        const start = offsets[rows[first] ?? 0] ?? 0
        const offset = offsets[row] ?? 0
        const blobEnd = offset + index.locate(entries[row] ?? 0).length
        // Rows of one blob stay together. Others may overlap, in an index that somebody made up.
        const isOther = at > first && offset > (offsets[rows[at - 1] ?? 0] ?? 0)
        const isFull =
          at - first >= MOST_ROWS || (isOther && (offset - end > GAP || Math.max(end, blobEnd) - start > LONGEST_READ))
        if (isFull) {
          yield readOf(pack, rows.subarray(first, at))
          first = at
          end = 0
        }
        end = Math.max(end, blobEnd)
      }
      yield readOf(pack, rows.subarray(first))
    }
  }
}

/** The read that these rows need, from their first byte to their last. */
function extentOf(
  index: BlobIndex,
  pack: number,
  entries: Uint32Array,
  files: Uint32Array,
  positions: Float64Array,
): PackRead {
  let start = Number.POSITIVE_INFINITY
  let end = 0
  for (const entry of entries) {
    const { offset, length } = index.locate(entry)
    start = Math.min(start, offset)
    end = Math.max(end, offset + length)
  }
  return { pack, offset: start, length: end - start, entries, files, positions }
}

/** Two reads that together are this one; undefined for a single blob. */
export function splitRead(
  index: BlobIndex,
  { pack, entries, files, positions }: PackRead,
): [PackRead, PackRead] | undefined {
  const count = entries.length
  const offsetOf = (row: number): number => index.locate(entries[row] ?? 0).offset
  let middle = count >>> 1
  // Rows of one blob stay together.
  while (middle < count && offsetOf(middle) === offsetOf(middle - 1)) middle++
  if (middle === count) middle = entries.findIndex((_, row) => offsetOf(row) === offsetOf(count - 1))
  if (middle <= 0) return undefined
  const part = (from: number, to: number): PackRead =>
    extentOf(index, pack, entries.slice(from, to), files.slice(from, to), positions.slice(from, to))
  return [part(0, middle), part(middle, count)]
}
