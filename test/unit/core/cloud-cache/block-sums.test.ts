import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { areSumsOf, aroundRange, BLOCK, blockSums, firstBadBlock } from '../../../../core/cloud-cache/index.ts'
import { numberedBody, randomBody } from '../../../conformance/fixture.ts'

describe('the sums of blocks', () => {
  it.each([
    [0, 0],
    [1, 1],
    [BLOCK, 1],
    [BLOCK + 1, 2],
    [16 * 1024 * 1024, 256],
  ])('are of a file of %i bytes %i', (size, count) => {
    const sums = blockSums(numberedBody(size, 1))
    expect(sums.byteLength).toBe(count * 4)
    expect([areSumsOf(sums, size), areSumsOf(sums, size + BLOCK)]).toEqual([true, false])
  })

  it('are CRC-32, little-endian', () => {
    // The check value of every catalogue of CRCs.
    expect([...blockSums(Buffer.from('123456789'))]).toEqual([0x26, 0x39, 0xf4, 0xcb])
  })

  it('tell in which block any one bit was flipped', () => {
    const size = 3 * BLOCK + 1000
    const body = randomBody(size)
    const sums = blockSums(body)
    fc.assert(
      fc.property(fc.nat(size - 1), fc.nat(7), (at, bit) => {
        const block = Math.floor(at / BLOCK) * BLOCK
        const bad = body.slice()
        bad[at] = (bad[at] ?? 0) ^ (1 << bit)
        expect(firstBadBlock(bad, 0, sums)).toBe(block)
        expect(firstBadBlock(bad.subarray(block), block, sums)).toBe(block)
        expect(firstBadBlock(bad.subarray(0, block), 0, sums)).toBeUndefined()
      }),
    )
    expect(firstBadBlock(body, 0, sums)).toBeUndefined()
  })

  it('tell of bytes that are missing, and of bytes behind the end', () => {
    const body = randomBody(BLOCK + 10)
    expect(firstBadBlock(body.subarray(0, BLOCK + 9), 0, blockSums(body))).toBe(BLOCK)
    expect(firstBadBlock(randomBody(10), 2 * BLOCK, blockSums(body))).toBe(2 * BLOCK)
  })

  it('are checked over whole blocks around a range, and never behind the end', () => {
    const size = 5 * BLOCK + 10
    fc.assert(
      fc.property(fc.nat(size), fc.nat(size), (one, other) => {
        const [offset, length] = [Math.min(one, other), Math.abs(one - other)]
        const { start, end } = aroundRange(offset, length, size)
        expect(start % BLOCK === 0 && (end % BLOCK === 0 || end === size)).toBe(true)
        expect(start <= offset && end >= offset + length && end <= size).toBe(true)
        expect(offset - start < BLOCK && end - offset - length < BLOCK).toBe(true)
      }),
    )
  })
})
