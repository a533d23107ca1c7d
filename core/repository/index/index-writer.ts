import { ID_BYTES } from '../blob.ts'
import type { HeaderEntry } from '../pack/header.ts'

/** A pack with its blobs, as an index file lists it. */
export interface IndexedPack {
  readonly id: Uint8Array
  readonly blobs: Iterable<HeaderEntry>
}

/** An index file holds at most so many blobs and so stays well below 8 MiB, as restic's do. */
export const MOST_BLOBS_A_FILE = 50_000

/** Longest text of a blob: `{"id":"…64…","type":"data","offset":4294967295,"length":…,"uncompressed_length":…},`. */
const BLOB_TEXT = 192

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
