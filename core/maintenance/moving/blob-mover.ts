import { zstdCompressSync } from 'node:zlib'

import { reasonOf, stopTest } from '../../base/index.ts'
import {
  assertBlobSize,
  attachBlobIndex,
  type Bell,
  type BlobBody,
  type BlobType,
  createBlobBodies,
  createBlobReader,
  createPackFiller,
  ID_BYTES,
  type OpenedBlob,
  type PackMessage,
} from '../../repository/index.ts'
import { isDamage } from '../reading/tree-opener.ts'
import type { MoveJob, Moved, MoveWorkerData } from './messages.ts'

/** Moves blobs to new packs, once they are proved. Belongs to one thread. */
export interface BlobMover {
  move(job: MoveJob): Moved
  /** Hands over what is not full yet; nothing where the work was stopped. */
  flush(): void
}

export function createBlobMover(
  { masterKey, index: shared, pipeline, manner, stopped }: MoveWorkerData,
  bell: Bell,
  post: (message: PackMessage) => void,
): BlobMover {
  const index = attachBlobIndex(shared)
  const known = attachBlobIndex(pipeline.index)
  const reader = createBlobReader(masterKey, shared)
  const packs = createPackFiller(pipeline, bell, post)
  const bodyOf = createBlobBodies(pipeline.level)
  const isStopped = stopTest(stopped)
  const id = Buffer.alloc(ID_BYTES)
  /** Blobs are decoded here, one after another. */
  let plain = Buffer.allocUnsafeSlow(1024 * 1024)

  /** Whether it was moved; not where the other repository has it. */
  function moveOne(entry: number, bytes: Buffer, base: number): boolean {
    const location = index.locate(entry)
    const { type, offset, length, uncompressedLength } = location
    index.idOf(entry, id)
    assertBlobSize(location)
    const needed = Math.max(uncompressedLength, length)
    if (plain.length < needed) plain = Buffer.allocUnsafeSlow(needed)
    const sealed = bytes.subarray(offset - base, offset - base + length)
    const opened = reader.readBoth(location, sealed, id, plain)
    if (manner === 'prove') return true
    if (manner === 'reseal') return reseal(type, opened, uncompressedLength)
    if (manner === 'compress' && uncompressedLength === 0) {
      const { body, uncompressedLength: before } = compressed(type, opened.plain)
      packs.add(type, id, body, before)
    } else packs.addSealed(type, id, sealed, uncompressedLength)
    return true
  }

  /**
   * The compressed form, be it longer, as restic stores it: else whoever looks for what is not compressed would find the
   * same again and again. Of no bytes there is none.
   */
  function compressed(type: BlobType, whole: Buffer): BlobBody {
    const stored = bodyOf(type, whole)
    if (stored.uncompressedLength > 0 || whole.length === 0) return stored
    return { body: zstdCompressSync(whole), uncompressedLength: whole.length }
  }

  function reseal(type: BlobType, opened: OpenedBlob, uncompressedLength: number): boolean {
    const claimed = known.claim(type, id)
    if (claimed < 0) return false
    // What is compressed and could be opened is exactly one zstd frame, which no document begins as.
    const stored = uncompressedLength > 0 ? { body: opened.body, uncompressedLength } : bodyOf(type, opened.plain)
    const { pack, offset, length } = packs.add(type, id, stored.body, stored.uncompressedLength)
    known.place(claimed, pack, offset, length, stored.uncompressedLength)
    return true
  }

  return {
    move({ bytes, length, offset, entries }) {
      const run = Buffer.from(bytes, 0, length)
      const damaged: number[] = []
      let firstReason = ''
      let blobs = 0
      for (const entry of entries) {
        if (isStopped()) break
        try {
          if (moveOne(entry, run, offset)) blobs++
        } catch (error) {
          if (!isDamage(error)) throw error
          firstReason ||= `blob ${id.toString('hex', 0, 5)}: ${reasonOf(error)}`
          damaged.push(entry)
        }
      }
      return { blobs, damaged: Uint32Array.from(damaged), firstReason }
    },
    flush: () => packs.flush(),
  }
}
