import { zstdCompressSync } from 'node:zlib'

import type { BlobType } from '../blob.ts'
import { type CompressionLevel, type Compressor, createCompressor } from '../compression/zstd.ts'

/** What a blob is stored as, before it is sealed. */
export interface BlobBody {
  /** Only good until the next one is made. */
  readonly body: Uint8Array
  /** 0 where it is not compressed. */
  readonly uncompressedLength: number
}

/** Decides what blobs are stored as. Belongs to one thread. */
export type BlobBodies = (type: BlobType, plain: Uint8Array) => BlobBody

export function createBlobBodies(level: CompressionLevel): BlobBodies {
  const dataCompressor = level === 'off' ? undefined : createCompressor(level)
  // Trees are compressed whatever the level, as restic does.
  const treeCompressor = dataCompressor ?? createCompressor('fastest')
  let compressed = Buffer.allocUnsafe(64 * 1024)

  /** The compressed form, or undefined where it is not shorter. */
  function compress(compressor: Compressor, plain: Uint8Array): Buffer | undefined {
    if (compressed.length < plain.length) compressed = Buffer.allocUnsafe(plain.length)
    const length = compressor.compress(plain, compressed, 0)
    return length < 0 ? undefined : compressed.subarray(0, length)
  }

  return (type, plain) => {
    const compressor = type === 'tree' ? treeCompressor : dataCompressor
    const shorter = looksLikeDocument(plain)
      ? (compress(treeCompressor, plain) ?? zstdCompressSync(plain))
      : compressor && compress(compressor, plain)
    return shorter ? { body: shorter, uncompressedLength: plain.length } : { body: plain, uncompressedLength: 0 }
  }
}

/** What documents begin with (`unpacked.ts`), and white space: earlier versions of Holdfast passed over it. */
const DOCUMENT_BEGINNINGS: ReadonlySet<number | undefined> = new Set(Buffer.from('\u0002[{\t\n\r '))

/**
 * Whether an opened blob could be taken for an opened document: everything is sealed by the same key. Stored as it is, what
 * somebody has in a file of his own could be cut out of its pack by whoever can write to the storage, and be put among the
 * snapshots. Compressed it begins with 0x28, as no document does: so it is compressed even where that makes it longer.
 */
function looksLikeDocument(plain: Uint8Array): boolean {
  return DOCUMENT_BEGINNINGS.has(plain[0])
}
