import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import { createBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import type { BlobWriter } from '../../../../../core/repository/pipeline/blob-writer.ts'
import { createContentWriter, type ReadNext } from '../../../../../core/repository/pipeline/content-writer.ts'
import { openPipeline } from '../../../../../core/repository/pipeline/pipeline.ts'
import { sha256 } from '../../../../../core/repository/sha256.ts'
import { noise } from '../chunker/made-data.ts'
import { createPlainChunker } from '../chunker/plain-chunker.ts'
import { makeRepository, POLYNOMIAL } from '../made-repository.ts'

const MIB = 1024 * 1024
const repository = await makeRepository()
const plainChunker = createPlainChunker(BigInt(`0x${POLYNOMIAL}`))

/** A content writer whose blobs are only hashed. `onSave` may throw. */
function openWriter(onSave: (plain: Buffer, count: number) => void = () => undefined) {
  const { shared, bell } = openPipeline(repository, createBlobIndex(), () => undefined, { workers: 1 })
  let count = 0
  const blobs: BlobWriter = {
    counts: { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0, treeBytesStored: 0 },
    save(_, plain, id) {
      onSave(Buffer.from(plain), count++)
      id.set(sha256(plain))
      return true
    },
    isKnown: () => false,
    flush: () => undefined,
  }
  return { writer: createContentWriter(shared, 0, blobs, bell), bell }
}

/** Reads `data` in pieces of at most `most` bytes; fails once `failAt` bytes were read. */
function readerOf(data: Buffer, most = data.length, failAt = Number.POSITIVE_INFINITY): ReadNext {
  let at = 0
  return (target) => {
    if (at >= failAt) throw new CoreError('source/unreadable', 'EIO')
    const count = data.copy(target, 0, at, Math.min(at + most, data.length))
    at += count
    return count
  }
}

function idsOf(data: Buffer): Buffer {
  let at = 0
  return Buffer.concat(plainChunker.cut(data).map((length) => sha256(data.subarray(at, (at += length)))))
}

describe('storing the content of a file', () => {
  it('gives the ids of its chunks in order, however it is read', () => {
    const { writer } = openWriter()
    const length = fc.oneof(
      fc.nat(3 * MIB),
      fc.constantFrom(0, 1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 20 * MIB),
    )
    fc.assert(
      fc.property(length, fc.nat(5), fc.constantFrom(100_000, MIB, 64 * MIB), (bytes, seed, most) => {
        // Zeros make the longest chunks there are.
        const data = seed === 0 ? Buffer.alloc(bytes) : noise(bytes, seed)
        expect(writer.save(readerOf(data, most)).equals(idsOf(data))).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('fails with the error of the reader, and does the next file well', () => {
    const { writer } = openWriter()
    const data = noise(30 * MIB, 3)
    for (const failAt of [0, 1, 9 * MIB, 17 * MIB, 25 * MIB]) {
      expect(() => writer.save(readerOf(data, MIB, failAt))).toThrow(
        expect.objectContaining({ code: 'source/unreadable' }),
      )
      expect(writer.save(readerOf(data)).equals(idsOf(data))).toBe(true)
    }
  })

  it('fails with the error of the first chunk that cannot be stored, and stops everybody', () => {
    const data = noise(30 * MIB, 4)
    for (const failAt of [0, 3, 12]) {
      const { writer, bell } = openWriter((_, count) => {
        if (count === failAt) throw new CoreError('repository/unsupported', 'too many blobs')
      })
      expect(() => writer.save(readerOf(data))).toThrow(expect.objectContaining({ code: 'repository/unsupported' }))
      expect(bell.isStopped).toBe(true)
    }
  })
})
