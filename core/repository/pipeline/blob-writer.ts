import { hash } from 'node:crypto'

import type { BlobType } from '../blob.ts'
import { attachBlobIndex } from '../index/blob-index.ts'
import type { Bell } from './bell.ts'
import { createBlobBodies } from './blob-body.ts'
import { createPackFiller, type PackMessage } from './pack-filler.ts'
import type { SharedPipeline } from './shared-pipeline.ts'

/** What a worker stored that was new. Bytes are counted before and after compression and sealing. */
export interface WriteCounts {
  dataBlobs: number
  treeBlobs: number
  bytesAdded: number
  bytesStored: number
  /** Of trees. */
  treeBytesStored: number
}

/** What several workers stored together. */
export function sumCounts(all: Iterable<WriteCounts>): WriteCounts {
  const sum: WriteCounts = { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0, treeBytesStored: 0 }
  for (const counts of all) {
    sum.dataBlobs += counts.dataBlobs
    sum.treeBlobs += counts.treeBlobs
    sum.bytesAdded += counts.bytesAdded
    sum.bytesStored += counts.bytesStored
    sum.treeBytesStored += counts.treeBytesStored
  }
  return sum
}

/** Stores blobs: hashes, looks up, compresses, seals and packs them, all in this thread. */
export interface BlobWriter {
  readonly counts: WriteCounts
  /** Stores `plain` unless it is known. Writes its id into `id` (32 bytes). Returns whether it was new. */
  save(type: BlobType, plain: Uint8Array, id: Uint8Array): boolean
  /** Whether a blob is listed, or about to be. */
  isKnown(type: BlobType, id: Uint8Array): boolean
  /** Hands over the packs that are not full yet. */
  flush(): void
}

export function createBlobWriter(shared: SharedPipeline, bell: Bell, post: (message: PackMessage) => void): BlobWriter {
  const index = attachBlobIndex(shared.index)
  const bodyOf = createBlobBodies(shared.level)
  const packs = createPackFiller(shared, bell, post)
  const counts: WriteCounts = { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0, treeBytesStored: 0 }

  return {
    counts,
    save(type, plain, id) {
      id.set(hash('sha256', plain, 'buffer'))
      const entry = index.claim(type, id)
      if (entry < 0) return false
      const { body, uncompressedLength } = bodyOf(type, plain)
      const { pack, offset, length } = packs.add(type, id, body, uncompressedLength)
      index.place(entry, pack, offset, length, uncompressedLength)
      counts[type === 'tree' ? 'treeBlobs' : 'dataBlobs']++
      counts.bytesAdded += plain.length
      counts.bytesStored += length
      if (type === 'tree') counts.treeBytesStored += length
      return true
    },
    isKnown: (type, id) => index.find(type, id) >= 0,
    flush: () => packs.flush(),
  }
}
