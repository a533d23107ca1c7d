import { formatInstant } from '../../base/index.ts'
import { ID_BYTES } from '../blob.ts'
import type { HeaderEntry } from '../pack/header.ts'
import type { WaitNote } from './wait-note.ts'

/** A pack with its blobs, as an index file lists it. */
export interface IndexedPack {
  readonly id: Uint8Array
  readonly blobs: Iterable<HeaderEntry>
}

/** Longest text of a blob: `{"id":"…64…","type":"data","offset":4294967295,"length":…,"uncompressed_length":…},`. */
const BLOB_TEXT = 161
/** And of a pack around its blobs: `{"id":"…64…","blobs":[],"time":"…24…","grace_seconds":…24…,"counted_from":"…24…"},`. */
const PACK_TEXT = 208

/** Index files stay below 8 MiB, as restic's do. What a pack adds is reckoned with `indexTextOf`. */
export const MOST_INDEX_TEXT = 8 * 1024 * 1024 - 64

/** The most that a pack of so many blobs adds to an index file. Bytes. */
export function indexTextOf(blobs: number): number {
  return PACK_TEXT + blobs * BLOB_TEXT
}

/** A pack that waits to be removed. */
export interface WaitingPack extends IndexedPack {
  readonly note: WaitNote
}

/** What an index file says. */
export interface IndexFile {
  readonly packs: readonly IndexedPack[]
  /** Taken out of the index, to be removed later. restic passes over them. */
  readonly waiting?: readonly WaitingPack[]
  readonly supersedes?: readonly string[]
}

/** The plain text of an index file (restic design.rst, "Indexing"; FORMAT.md). */
export function encodeIndex({ packs, waiting = [], supersedes = [] }: IndexFile): Buffer {
  const parts: Buffer[] = [
    Buffer.from(supersedes.length > 0 ? `{"supersedes":${JSON.stringify(supersedes)},"packs":[` : '{"packs":['),
  ]
  for (const [position, pack] of packs.entries()) parts.push(...encodePack(pack, position, ''))
  if (waiting.length > 0) parts.push(Buffer.from('],"packs_to_delete":['))
  for (const [position, pack] of waiting.entries()) {
    parts.push(...encodePack(pack, position, encodeNote(pack.note)))
  }
  parts.push(Buffer.from(']}'))
  return Buffer.concat(parts)
}

function encodePack({ id, blobs }: IndexedPack, position: number, more: string): Buffer[] {
  const begin = Buffer.from(`${position > 0 ? ',' : ''}{"id":"${hex(id)}","blobs":[`)
  return [begin, encodeBlobs([...blobs]), Buffer.from(`]${more}}`)]
}

function encodeNote({ since, grace, countedFrom }: WaitNote): string {
  return (
    `,"time":"${formatInstant(since)}"` +
    (Number.isFinite(grace) ? `,"grace_seconds":${grace / SECOND}` : '') +
    (Number.isNaN(countedFrom) ? '' : `,"counted_from":"${formatInstant(countedFrom)}"`)
  )
}

const SECOND = 1000

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
