import { CoreError } from '../../base/index.ts'
import { type BlobType, ID_BYTES } from '../blob.ts'
import { SEAL_OVERHEAD } from '../crypto/seal.ts'

/**
 * The plain text of a pack's header: one entry a blob, in the order in which they lie in the pack (restic design.rst,
 * "Pack Format"): type (1 byte), length of the sealed blob (4, little-endian), where it is compressed the length once
 * decompressed (4), and its id (32).
 */
export interface HeaderEntry {
  readonly type: BlobType
  readonly id: Buffer
  readonly offset: number
  readonly length: number
  /** 0 where the blob is stored uncompressed. */
  readonly uncompressedLength: number
}

const COMPRESSED = 2
const TREE = 1
const PLAIN_ENTRY = 1 + 4 + ID_BYTES
const COMPRESSED_ENTRY = PLAIN_ENTRY + 4

/** The header's length stands last in the pack, in so many bytes. */
export const HEADER_LENGTH_BYTES = 4

/** Longest and shortest that an entry can be. */
export const MOST_ENTRY_BYTES = COMPRESSED_ENTRY
export const FEWEST_ENTRY_BYTES = PLAIN_ENTRY

/** Bytes of the entry of a blob. */
export function headerEntryBytes(uncompressedLength: number): number {
  return uncompressedLength > 0 ? COMPRESSED_ENTRY : PLAIN_ENTRY
}

/** Writes an entry to `target`. Returns where it ends. */
export function writeHeaderEntry(
  target: Buffer,
  at: number,
  type: BlobType,
  id: Uint8Array,
  length: number,
  uncompressedLength: number,
): number {
  const compressed = uncompressedLength > 0
  target[at] = (type === 'tree' ? TREE : 0) | (compressed ? COMPRESSED : 0)
  target.writeUInt32LE(length, at + 1)
  if (compressed) target.writeUInt32LE(uncompressedLength, at + 5)
  const idAt = at + (compressed ? 9 : 5)
  target.set(id, idAt)
  return idAt + ID_BYTES
}

/** Yields a header's entries. `packBytes` is how much of the pack lies before the header: they must fill it exactly. */
export function* readHeaderEntries(plain: Buffer, packBytes: number): Generator<HeaderEntry> {
  let at = 0
  let offset = 0
  while (at < plain.length) {
    const kind = plain[at] ?? 0
    const compressed = (kind & COMPRESSED) !== 0
    const end = at + (compressed ? COMPRESSED_ENTRY : PLAIN_ENTRY)
    if (kind > (COMPRESSED | TREE)) throw damaged(`entry of unknown type ${kind}`)
    if (end > plain.length) throw damaged('an entry is cut off')
    const length = plain.readUInt32LE(at + 1)
    if (length < SEAL_OVERHEAD) throw damaged(`a blob of ${length} bytes is too short`)
    const uncompressedLength = compressed ? plain.readUInt32LE(at + 5) : 0
    yield {
      type: kind & TREE ? 'tree' : 'data',
      id: plain.subarray(end - ID_BYTES, end),
      offset,
      length,
      uncompressedLength,
    }
    offset += length
    at = end
  }
  if (offset !== packBytes) throw damaged(`its blobs take ${offset} bytes where the pack has ${packBytes}`)
}

function damaged(what: string): CoreError {
  return new CoreError('repository/damaged', `the pack's header is damaged: ${what}`)
}
