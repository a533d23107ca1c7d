import { createHash } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { createSealer, SEAL_OVERHEAD } from '../../../../../core/repository/crypto/seal.ts'
import { HEADER_LENGTH_BYTES, readHeaderEntries } from '../../../../../core/repository/pack/header.ts'
import { createPackBuilder, MOST_BLOBS_A_PACK, packBytesFor } from '../../../../../core/repository/pack/pack-builder.ts'
import { readPackHeader } from '../../../../../core/repository/pack/pack-header-reader.ts'
import { sha256 } from '../../../../../core/repository/sha256.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { FIXED_KEY } from '../fixed-key.ts'

const sealer = createSealer(FIXED_KEY)

interface Piece {
  readonly type: 'data' | 'tree'
  readonly body: Buffer
  /** 0: as it is. */
  readonly uncompressedLength: number
}

const piece: fc.Arbitrary<Piece> = fc
  .record({
    type: fc.constantFrom('data' as const, 'tree' as const),
    length: fc.oneof(fc.nat(200), fc.constantFrom(262_144, 300_000)),
    seed: fc.nat(),
    uncompressedLength: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
  })
  .map(({ type, length, seed, uncompressedLength }) => ({ type, body: seededBytes(seed, length), uncompressedLength }))

const BUFFER_BYTES = 2 * 1024 * 1024

function packOf(pieces: readonly Piece[], builder = createPackBuilder(sealer)) {
  const buffer = Buffer.alloc(BUFFER_BYTES)
  builder.start(buffer)
  for (const { type, body, uncompressedLength } of pieces) {
    expect(builder.hasRoomFor(body.length)).toBe(true)
    const before = builder.size
    expect(builder.add(type, sha256(body), body, uncompressedLength)).toBe(body.length + SEAL_OVERHEAD)
    expect(builder.size).toBe(before + body.length + SEAL_OVERHEAD)
  }
  const finished = builder.finish()
  return { ...finished, file: Buffer.from(buffer.subarray(0, finished.length)) }
}

function refusal(work: () => unknown): string {
  try {
    work()
    return 'nothing was refused'
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return error.message
    throw error
  }
}

describe('a pack', () => {
  it('lists in its sealed header what was put into it, and is named by its hash', () => {
    const builder = createPackBuilder(sealer)
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const { id, file, header } = packOf(pieces, builder)
        expect(id.equals(createHash('sha256').update(file).digest())).toBe(true)
        const entries = readPackHeader(file, sealer)
        expect(entries).toEqual([...readHeaderEntries(header, file.length - headerBytes(file))])
        expect(entries).toHaveLength(pieces.length)
        for (const [at, { type, body, uncompressedLength }] of pieces.entries()) {
          const listed = entries[at]
          expect(listed).toMatchObject({ type, length: body.length + SEAL_OVERHEAD, uncompressedLength })
          expect(listed?.id.equals(sha256(body))).toBe(true)
          const plain = Buffer.alloc(body.length)
          sealer.open(file.subarray(listed?.offset, (listed?.offset ?? 0) + (listed?.length ?? 0)), plain)
          expect(plain.equals(body)).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('has room for exactly what fits, its header included', () => {
    const builder = createPackBuilder(sealer)
    const buffer = Buffer.alloc(packBytesFor(1000))
    builder.start(buffer)
    expect([builder.hasRoomFor(1000), builder.hasRoomFor(1001)]).toEqual([true, false])
    builder.add('tree', sha256(Buffer.alloc(1000)), Buffer.alloc(1000), 5000)
    expect(builder.hasRoomFor(0)).toBe(false)
    expect(builder.finish().length).toBe(buffer.length)
  })

  it('closes before its header is longer than restic reads, or its blobs more than an index file holds', () => {
    const builder = createPackBuilder(sealer)
    builder.start(Buffer.alloc(MOST_BLOBS_A_PACK * 80))
    const id = Buffer.alloc(32, 1)
    let count = 0
    while (builder.hasRoomFor(1)) {
      builder.add('data', id, Buffer.alloc(1), 0)
      count++
    }
    expect(count).toBe(MOST_BLOBS_A_PACK)
    const { header } = builder.finish()
    expect(header.length).toBeLessThan(16 * 1024 * 1024)
    builder.start(Buffer.alloc(1000))
    expect(builder.hasRoomFor(1)).toBe(true)
  })
})

function headerBytes(file: Buffer): number {
  return file.readUInt32LE(file.length - HEADER_LENGTH_BYTES) + HEADER_LENGTH_BYTES
}

/** One entry of a header. */
function entry(kind: number, length: number): Buffer {
  const bytes = Buffer.alloc(kind & 2 ? 41 : 37)
  bytes[0] = kind
  bytes.writeUInt32LE(length, 1)
  return bytes
}

describe('a damaged pack', () => {
  const pieces: Piece[] = [
    { type: 'data', body: seededBytes(1, 50), uncompressedLength: 0 },
    { type: 'tree', body: seededBytes(2, 70), uncompressedLength: 100 },
  ]
  const { file } = packOf(pieces)
  const headerAt = file.length - headerBytes(file)

  it('is refused for every flipped bit of its header and of the length of that', () => {
    for (let bit = headerAt * 8; bit < file.length * 8; bit++) {
      const flipped = Buffer.from(file)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(
        refusal(() => readPackHeader(flipped, sealer)),
        `bit ${bit}`,
      ).not.toBe('nothing was refused')
    }
  })

  it('is refused cut off anywhere, and with bytes too many at its start or end', () => {
    for (let length = 0; length < file.length; length++) {
      expect(
        refusal(() => readPackHeader(file.subarray(0, length), sealer)),
        `cut to ${length}`,
      ).not.toBe('nothing was refused')
    }
    expect(refusal(() => readPackHeader(Buffer.concat([Buffer.alloc(1), file]), sealer))).toContain('blobs take')
    expect(refusal(() => readPackHeader(Buffer.concat([file, Buffer.alloc(1)]), sealer))).not.toContain('nothing')
  })

  it('is refused for a header that is sealed well and says what cannot be', () => {
    const withHeader = (plain: Buffer, body = 100): Buffer => {
      const pack = Buffer.alloc(body + plain.length + SEAL_OVERHEAD + 4)
      pack.writeUInt32LE(sealer.seal(plain, pack, body), pack.length - 4)
      return pack
    }
    expect(readPackHeader(withHeader(entry(0, 100)), sealer)).toHaveLength(1)
    expect(refusal(() => readPackHeader(withHeader(entry(4, 100)), sealer))).toContain('unknown type 4')
    expect(refusal(() => readPackHeader(withHeader(entry(0, 31)), sealer))).toContain('too short')
    expect(refusal(() => readPackHeader(withHeader(entry(0, 99)), sealer))).toContain('99 bytes')
    expect(refusal(() => readPackHeader(withHeader(entry(0, 2 ** 32 - 1)), sealer))).toContain('4294967295')
    expect(refusal(() => readPackHeader(withHeader(entry(2, 100).subarray(0, 40)), sealer))).toContain('cut off')
    expect(refusal(() => readPackHeader(withHeader(Buffer.alloc(0)), sealer))).toContain('cannot be')
  })
})
