import { createHash, type Hash } from 'node:crypto'

import type { BlobType } from '../blob.ts'
import { SEAL_OVERHEAD, type Sealer } from '../crypto/seal.ts'
import { HEADER_LENGTH_BYTES, MOST_ENTRY_BYTES, writeHeaderEntry } from './header.ts'

/** A pack that is complete in memory. */
export interface FinishedPack {
  /** SHA-256 of the whole file: its name. */
  readonly id: Buffer
  /** Bytes of the file, from the start of the builder's buffer. */
  readonly length: number
  /** The header's plain text, which lists the blobs (`readHeaderEntries`). A copy. */
  readonly header: Buffer
}

/** Fills a buffer with sealed blobs and closes it as a pack. Used again and again, with one buffer after another. */
export interface PackBuilder {
  /** Bytes of sealed blobs so far. */
  readonly size: number
  /** Whether a blob of so many bytes still has room, its header entry included. */
  hasRoomFor(plainLength: number): boolean
  /** Seals `body` into the pack. Returns the length of the sealed blob, which lies at the `size` of before. */
  add(type: BlobType, id: Uint8Array, body: Uint8Array, uncompressedLength: number): number
  /** Takes a blob that is sealed already. Returns its length. */
  addSealed(type: BlobType, id: Uint8Array, sealed: Uint8Array, uncompressedLength: number): number
  /** Writes the header. The buffer now holds the file; the builder is empty and needs `start` before more. */
  finish(): FinishedPack
  /** Continues in this buffer. */
  start(buffer: Buffer): void
}

/**
 * A pack takes no more blobs than an index file of 8 MiB has room for, and its header stays far below the 16 MiB that
 * restic reads at most: packs of 128 MiB of the smallest files would pass both.
 */
export const MOST_BLOBS_A_PACK = 50_000

/** Hash what was added while it is still in the processor's cache, but not in pieces so small that calls cost more. */
const HASH_STEP = 256 * 1024

/** Bytes of a pack that holds one blob of this length. */
export function packBytesFor(plainLength: number): number {
  return plainLength + SEAL_OVERHEAD + MOST_ENTRY_BYTES + SEAL_OVERHEAD + HEADER_LENGTH_BYTES
}

export function createPackBuilder(sealer: Sealer): PackBuilder {
  let buffer: Buffer = Buffer.alloc(0)
  let size = 0
  let header = Buffer.allocUnsafe(64 * 1024)
  let headerSize = 0
  let count = 0
  let hashed = 0
  let hash: Hash = createHash('sha256')

  function hashUpTo(end: number): void {
    hash.update(buffer.subarray(hashed, end))
    hashed = end
  }

  /** Lists a blob that now lies at `size`. */
  function list(type: BlobType, id: Uint8Array, length: number, uncompressedLength: number): number {
    if (headerSize + MOST_ENTRY_BYTES > header.length) {
      header = Buffer.concat([header], header.length * 2)
    }
    size += length
    count++
    headerSize = writeHeaderEntry(header, headerSize, type, id, length, uncompressedLength)
    if (size - hashed >= HASH_STEP) hashUpTo(size)
    return length
  }

  return {
    get size() {
      return size
    },
    hasRoomFor(plainLength) {
      return count < MOST_BLOBS_A_PACK && size + headerSize + packBytesFor(plainLength) <= buffer.length
    },
    add: (type, id, body, uncompressedLength) => list(type, id, sealer.seal(body, buffer, size), uncompressedLength),
    addSealed(type, id, sealed, uncompressedLength) {
      buffer.set(sealed, size)
      return list(type, id, sealed.length, uncompressedLength)
    },
    finish() {
      const plain = Buffer.from(header.subarray(0, headerSize))
      const sealedLength = sealer.seal(plain, buffer, size)
      const end = buffer.writeUInt32LE(sealedLength, size + sealedLength)
      hashUpTo(end)
      const finished = { id: hash.digest(), length: end, header: plain }
      hash = createHash('sha256')
      buffer = Buffer.alloc(0)
      size = headerSize = hashed = count = 0
      return finished
    },
    start(next) {
      buffer = next
    },
  }
}
