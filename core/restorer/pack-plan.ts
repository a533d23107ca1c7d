import { type BlobIndex, ID_BYTES, SEAL_OVERHEAD } from '../repository/index.ts'
import { COLUMN, ROW } from './messages.ts'

/** Which blobs of a set are fetched, pack by pack, and where their bytes belong. */
export interface PackPlan {
  /** Adds the blobs of a file that are not right already. Returns how many, or -1 where one is in no index. */
  add(file: number, content: Buffer, isRight: (blob: number) => boolean): number
  /** Adds another copy of the blob that a row of an earlier read wanted. False where there is none. */
  addCopy(read: PackRead, row: number): boolean
  /** Reads of packs, in the order in which the files first needed them. Each blob is in one of them, once. */
  reads(): Generator<PackRead>
}

/** A run of a pack that is read in one go. */
export interface PackRead {
  readonly pack: number
  /** In the pack. Bytes. */
  readonly offset: number
  readonly length: number
  /** `ROW` numbers each, in the order of their offsets, which count from `offset`. */
  readonly rows: Float64Array
  /** 32 bytes a row. */
  readonly ids: Uint8Array
  /** One a row: which copy of the blob it is. */
  readonly entries: Uint32Array
}

interface Wanted {
  readonly entry: number
  readonly offset: number
  readonly length: number
  readonly uncompressedLength: number
  readonly file: number
  readonly position: number
}

/** Blobs that lie farther apart are read apart: a request costs as much as reading so many bytes too many. */
const GAP = 512 * 1024

/** Reads are cut here, so that the memory for them is bounded in packs of any size. */
export const LONGEST_READ = 9 * 1024 * 1024

export function createPackPlan(index: BlobIndex): PackPlan {
  const packs = new Map<number, Wanted[]>()

  function want(pack: number, wanted: Wanted): void {
    const list = packs.get(pack)
    if (list) list.push(wanted)
    else packs.set(pack, [wanted])
  }

  return {
    add(file, content, isRight) {
      let position = 0
      const found: (Wanted & { readonly pack: number })[] = []
      for (let at = 0, blob = 0; at < content.length; at += ID_BYTES, blob++) {
        const entry = index.find('data', content.subarray(at, at + ID_BYTES))
        if (entry < 0) return -1
        const { pack, offset, length, uncompressedLength } = index.locate(entry)
        if (!isRight(blob)) found.push({ pack, entry, offset, length, uncompressedLength, file, position })
        position += uncompressedLength > 0 ? uncompressedLength : length - SEAL_OVERHEAD
      }
      for (const wanted of found) want(wanted.pack, wanted)
      return found.length
    },

    addCopy({ rows, entries }, row) {
      const entry = index.next(entries[row] ?? 0)
      if (entry < 0) return false
      const { pack, offset, length, uncompressedLength } = index.locate(entry)
      const file = rows[row * ROW + COLUMN.file] ?? 0
      const position = rows[row * ROW + COLUMN.position] ?? 0
      want(pack, { entry, offset, length, uncompressedLength, file, position })
      return true
    },

    *reads() {
      for (const [pack, wanted] of packs) {
        wanted.sort((a, b) => a.offset - b.offset)
        let first = 0
        let end = 0
        for (const [at, { offset, length }] of wanted.entries()) {
          const start = wanted[first]?.offset ?? 0
          if (at > first && (offset - end > GAP || offset + length - start > LONGEST_READ)) {
            yield readOf(pack, wanted.slice(first, at), index)
            first = at
          }
          end = offset + length
        }
        yield readOf(pack, wanted.slice(first), index)
        packs.delete(pack)
      }
    },
  }
}

function readOf(pack: number, wanted: readonly Wanted[], index: BlobIndex): PackRead {
  const start = wanted[0]?.offset ?? 0
  const rows = new Float64Array(wanted.length * ROW)
  const ids = Buffer.from(new ArrayBuffer(wanted.length * ID_BYTES))
  const entries = new Uint32Array(wanted.length)
  let end = start
  for (const [at, { entry, offset, length, uncompressedLength, file, position }] of wanted.entries()) {
    const row = at * ROW
    rows[row + COLUMN.offset] = offset - start
    rows[row + COLUMN.length] = length
    rows[row + COLUMN.uncompressedLength] = uncompressedLength
    rows[row + COLUMN.file] = file
    rows[row + COLUMN.position] = position
    entries[at] = entry
    index.idOf(entry, ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES))
    end = Math.max(end, offset + length)
  }
  return { pack, offset: start, length: end - start, rows, ids, entries }
}

/** Two reads that together are this one; undefined for a single blob. */
export function splitRead({ pack, offset, rows, ids, entries }: PackRead): [PackRead, PackRead] | undefined {
  const count = entries.length
  const offsetOf = (row: number): number => rows[row * ROW + COLUMN.offset] ?? 0
  let middle = count >>> 1
  // Rows of one blob stay together.
  while (middle < count && offsetOf(middle) === offsetOf(middle - 1)) middle++
  if (middle === count) middle = entries.findIndex((_, row) => offsetOf(row) === offsetOf(count - 1))
  if (middle <= 0) return undefined
  function part(from: number, to: number): PackRead {
    const start = offsetOf(from)
    const own = rows.slice(from * ROW, to * ROW)
    let length = 0
    for (let row = 0; row < own.length; row += ROW) {
      own[row + COLUMN.offset] = (own[row + COLUMN.offset] ?? 0) - start
      length = Math.max(length, (own[row + COLUMN.offset] ?? 0) + (own[row + COLUMN.length] ?? 0))
    }
    return {
      pack,
      offset: offset + start,
      length,
      rows: own,
      ids: ids.slice(from * ID_BYTES, to * ID_BYTES),
      entries: entries.slice(from, to),
    }
  }
  return [part(0, middle), part(middle, count)]
}

/** The decompressed length of each blob of a file; undefined where one is in no index. */
export function blobLengths(content: Buffer, index: BlobIndex): Float64Array | undefined {
  const lengths = new Float64Array(content.length / ID_BYTES)
  for (const blob of lengths.keys()) {
    const entry = index.find('data', content.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES))
    if (entry < 0) return undefined
    const { length, uncompressedLength } = index.locate(entry)
    lengths[blob] = uncompressedLength > 0 ? uncompressedLength : length - SEAL_OVERHEAD
  }
  return lengths
}
