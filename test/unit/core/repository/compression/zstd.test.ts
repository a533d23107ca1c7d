import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { wholeFrameLength } from '../../../../../core/repository/compression/frame.ts'
import type { ZstdContext } from '../../../../../core/repository/compression/zstd-handle.ts'
import {
  compressFrame,
  createCompressor,
  createDecompressor,
  decompressFrame,
  type ZstdOpeners,
} from '../../../../../core/repository/compression/zstd.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'

const never: ZstdContext = { run: () => -1 }
/** Ways in which Node's inside may be another one day. */
const ABSENT: ZstdOpeners = {
  compressor: () => {
    throw new TypeError('no such handle')
  },
  decompressor: () => {
    throw new TypeError('no such handle')
  },
}
const BROKEN: ZstdOpeners = { compressor: () => never, decompressor: () => never }
const openers: [string, ZstdOpeners | undefined][] = [
  ["Node's handle", undefined],
  ['the public calls, for want of a handle', ABSENT],
  ['the public calls, as the handle proved wrong', BROKEN],
]

const text = (length: number): Buffer =>
  Buffer.from(Array.from({ length: Math.ceil(length / 10) }, (_, i) => `line ${(i * 7919) % 10_007} words\n`).join(''))
const levels = ['fastest', 'default', 'better'] as const

/** What holds all of `plain`, and is not one frame alone: what restic makes of the rest differs. */
function moreThanAFrame(plain: Buffer): Buffer[] {
  const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 100, 0, 0, 0]), Buffer.alloc(100)])
  const untold = zstdCompressSync(plain, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
  const behind = [Buffer.from('garbage'), Buffer.alloc(100), zstdCompressSync(plain).subarray(0, 20), Buffer.alloc(1)]
  return [
    ...[...behind, skippable, zstdCompressSync(Buffer.alloc(0))].flatMap((rest) => [
      Buffer.concat([zstdCompressSync(plain), rest]),
      Buffer.concat([untold, rest]),
    ]),
    Buffer.concat([skippable, zstdCompressSync(plain)]),
    Buffer.concat([zstdCompressSync(plain.subarray(0, 100)), zstdCompressSync(plain.subarray(100))]),
  ]
}

function isRefused(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return true
    throw error
  }
}

describe.each(openers)('compression by %s', (_, way) => {
  it.each(levels)('restores what it compressed at level %s, whatever comes before and behind it', (level) => {
    const compressor = createCompressor(level, way)
    const decompressor = createDecompressor(way)
    const piece = fc.record({
      length: fc.oneof(fc.nat(2000), fc.constantFrom(131_071, 131_072, 131_073, 300_000)),
      random: fc.boolean(),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.nat(50), (pieces, offset) => {
        for (const { length, random, seed } of pieces) {
          const plain = random ? seededBytes(seed, length) : text(length).subarray(0, length)
          const target = Buffer.alloc(offset + length, 0xaa)
          const stored = compressor.compress(plain, target, offset)
          expect(target.subarray(0, offset).equals(Buffer.alloc(offset, 0xaa))).toBe(true)
          if (stored < 0) continue
          expect(stored).toBeLessThan(length)
          const frame = Buffer.from(target.subarray(offset, offset + stored))
          expect(zstdDecompressSync(frame).equals(plain)).toBe(true)
          const restored = Buffer.alloc(length + 3, 0xbb)
          decompressor.decompress(frame, restored, length)
          expect(restored.subarray(0, length).equals(plain)).toBe(true)
          expect(restored.subarray(length).equals(Buffer.alloc(3, 0xbb))).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('gives incompressible bytes up, and compresses the next as well as the first', () => {
    const compressor = createCompressor('fastest', way)
    const target = Buffer.alloc(400_000)
    const plain = text(400_000).subarray(0, 400_000)
    const first = compressor.compress(plain, target, 0)
    expect(first).toBeGreaterThan(0)
    for (const length of [1, 100, 100_000, 400_000]) {
      expect(compressor.compress(seededBytes(length, length), target, 0)).toBe(-1)
      expect(compressor.compress(plain, target, 0)).toBe(first)
    }
  })

  it('says so where the target is too short, and goes on', () => {
    const compressor = createCompressor('default', way)
    const plain = text(300_000)
    const target = Buffer.alloc(300_000)
    const length = compressor.compress(plain, target, 0)
    expect(compressor.compress(plain, target.subarray(0, length), 0)).toBe(-1)
    expect(compressor.compress(plain, target.subarray(0, 10), 0)).toBe(-1)
    expect(compressor.compress(plain, target.subarray(0, length + 1), 0)).toBe(length)
  })

  it('refuses bad input and then reads good input, on one context', () => {
    const decompressor = createDecompressor(way)
    const plain = text(200_000)
    const good = Buffer.from(zstdCompressSync(plain))
    const checked = Buffer.from(zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }))
    const target = Buffer.alloc(plain.length + 100)
    const bad: [string, Buffer, number][] = [
      ['nothing', Buffer.alloc(0), plain.length],
      ['no frame', Buffer.from('this is no frame at all'), plain.length],
      ['a frame without its checksum', checked.subarray(0, -4), plain.length],
      ['a frame with a wrong checksum', Buffer.concat([checked.subarray(0, -1), Buffer.from([1])]), plain.length],
      ['a length too short', good, plain.length - 1],
      ['a length too long', good, plain.length + 1],
      ['half a frame', good.subarray(0, good.length >> 1), plain.length],
      ['half a frame of half the length', good.subarray(0, good.length >> 1), plain.length >> 1],
      ...moreThanAFrame(plain).map((bytes, index): [string, Buffer, number] => [
        `a frame with more (${index})`,
        bytes,
        plain.length,
      ]),
    ]
    for (const cut of [1, 2, 3, 4, 5, 8]) bad.push([`a frame short of ${cut}`, good.subarray(0, -cut), plain.length])
    for (const [what, frame, length] of bad) {
      expect(
        isRefused(() => decompressor.decompress(frame, target, length)),
        what,
      ).toBe(true)
      decompressor.decompress(good, target, plain.length)
      expect(target.subarray(0, plain.length).equals(plain), `after ${what}`).toBe(true)
    }
  })

  it('never crashes on a flipped bit: it is refused, or shows in the content', () => {
    const decompressor = createDecompressor(way)
    const plain = text(2000)
    const good = Buffer.from(zstdCompressSync(plain))
    const target = Buffer.alloc(plain.length)
    for (let bit = 0; bit < good.length * 8; bit += 3) {
      const flipped = Buffer.from(good)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      isRefused(() => decompressor.decompress(flipped, target, plain.length))
      decompressor.decompress(good, target, plain.length)
      expect(target.equals(plain), `after bit ${bit}`).toBe(true)
    }
  })

  it('reads frames that do not tell their length', () => {
    const plain = Buffer.from('short and long. '.repeat(1000))
    const frame = zstdCompressSync(plain, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    expect(wholeFrameLength(frame)).toBe(-1)
    const target = Buffer.alloc(plain.length)
    createDecompressor(way).decompress(frame, target, plain.length)
    expect(target.equals(plain)).toBe(true)
  })
})

describe('the headers of a frame', () => {
  it('tell the length of whole frames of every size, and nothing of parts of one', () => {
    for (const length of [0, 1, 255, 256, 257, 65_535, 65_791, 65_792, 70_000, 300_000]) {
      for (const checksum of [0, 1]) {
        for (const plain of [text(length).subarray(0, length), seededBytes(1, length), Buffer.alloc(length)]) {
          const frame = zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: checksum } })
          expect(wholeFrameLength(frame)).toBe(length)
          expect(wholeFrameLength(frame.subarray(0, -1))).toBe(-1)
          expect(wholeFrameLength(Buffer.concat([frame, Buffer.alloc(1)]))).toBe(-1)
        }
      }
    }
  })

  it('never make it read past the end, whatever the bytes', () => {
    const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const told = wholeFrameLength(Buffer.concat([magic, bytes]))
        expect(Number.isInteger(told) && told >= -1).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a compressed document', () => {
  it('comes back, and no more than allowed is taken for it', () => {
    const plain = text(500_000)
    expect(decompressFrame(compressFrame(plain), plain.length).equals(plain)).toBe(true)
    expect(isRefused(() => decompressFrame(compressFrame(plain), plain.length - 1))).toBe(true)
    expect(isRefused(() => decompressFrame(compressFrame(plain).subarray(0, -1), plain.length))).toBe(true)
    for (const bytes of moreThanAFrame(plain)) expect(isRefused(() => decompressFrame(bytes, plain.length))).toBe(true)
  })
})
