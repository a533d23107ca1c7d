import { zstdDecompressSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import type { CompressionLevel } from '../../../../../core/repository/compression/zstd.ts'
import { createBlobBodies } from '../../../../../core/repository/pipeline/blob-body.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'

const LEVELS: readonly CompressionLevel[] = ['off', 'fastest', 'default', 'better']

/** Bytes that no level makes shorter. */
const incompressible = (first: number): Buffer => Buffer.concat([Buffer.of(first), seededBytes(first, 500)])

describe.each(LEVELS)('what a blob is stored as at level %s', (level) => {
  it('never begins as a document does, or as white space that a reader could pass over', () => {
    const bodyOf = createBlobBodies(level)
    for (const first of [0x02, 0x5b, 0x7b, 0x09, 0x0a, 0x0d, 0x20]) {
      const plain = incompressible(first)
      const { body, uncompressedLength } = bodyOf('data', plain)
      expect(body[0], `0x${first.toString(16)}`).toBe(0x28)
      expect(uncompressedLength).toBe(plain.length)
      expect(zstdDecompressSync(body).equals(plain)).toBe(true)
    }
  })

  it('is what it is where that is shorter, and nobody could take it for a document', () => {
    const plain = incompressible(0x41)
    expect(createBlobBodies(level)('data', plain)).toEqual({ body: plain, uncompressedLength: 0 })
  })
})
