import { ID_BYTES } from '../blob.ts'
import type { HeaderEntry } from '../pack/header.ts'

/** A pack with its blobs, as an index file lists it. */
export interface IndexedPack {
  readonly id: Uint8Array
  readonly blobs: Iterable<HeaderEntry>
}

/** Longest text of a blob: `{"id":"…64…","type":"data","offset":4294967295,"length":…,"uncompressed_length":…},`. */
const BLOB_TEXT = 161
/** And of a pack around its blobs: `{"id":"…64…","blobs":[]},`. */
const PACK_TEXT = 85

/** Index files stay below 8 MiB, as restic's do. What a pack adds is reckoned with `indexTextOf`. */
export const MOST_INDEX_TEXT = 8 * 1024 * 1024 - 64

/** The most that a pack of so many blobs adds to an index file. Bytes. */
export function indexTextOf(blobs: number): number {
  return PACK_TEXT + blobs * BLOB_TEXT
}

/** The plain text of an index file (restic design.rst, "Indexing"). */
export function encodeIndex(packs: readonly IndexedPack[], supersedes: readonly string[] = []): Buffer {
  const parts: Buffer[] = [
    Buffer.from(supersedes.length > 0 ? `{"supersedes":${JSON.stringify(supersedes)},"packs":[` : '{"packs":['),
  ]
  for (const [position, pack] of packs.entries()) {
    parts.push(Buffer.from(`${position > 0 ? ',' : ''}{"id":"${hex(pack.id)}","blobs":[`))
    parts.push(encodeBlobs([...pack.blobs]), Buffer.from(']}'))
  }
  parts.push(Buffer.from(']}'))
  return Buffer.concat(parts)
}

function encodeBlobs(blobs: readonly HeaderEntry[]): Buffer {
  const target = Buffer.allocUnsafe(blobs.length * BLOB_TEXT)
  let at = 0
  for (const { id, type, offset, length, uncompressedLength } of blobs) {
    if (at > 0) target[at++] = 0x2c
    at += target.write('{"id":"', at, 'latin1')
    at += target.write(hex(id), at, 'latin1')
    at += target.write(`","type":"${type}","offset":${offset},"length":${length}`, at, 'latin1')
    if (uncompressedLength > 0) at += target.write(`,"uncompressed_length":${uncompressedLength}`, at, 'latin1')
    target[at++] = 0x7d
  }
  return target.subarray(0, at)
}

function hex(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, ID_BYTES).toString('hex')
}
