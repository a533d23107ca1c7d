import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isLayout } from '../../../../../core/snapshot/image/disk-layout.ts'
import {
  blockCount,
  blockLength,
  blockLengthInDisk,
  blocksOf,
  chooseLayout,
  extentCount,
  extentLength,
  keepLayout,
  LARGEST_DISK,
} from '../../../../../core/snapshot/index.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const TIB = 2 ** 40

describe('the layout of a disk', () => {
  it.each([
    [1, MIB, GIB],
    [GIB + 1, MIB, GIB],
    [512 * GIB, MIB, GIB],
    [512 * GIB + 1, MIB, 2 * GIB],
    [2 * TIB, MIB, 4 * GIB],
    [2 * TIB + 1, 4 * MIB, 5 * GIB],
    [4 * TIB, 4 * MIB, 8 * GIB],
    [LARGEST_DISK, 4 * MIB, 2 * TIB],
  ])('of %d bytes has blocks of %d and extents of %d', (bytes, blockBytes, extentBytes) => {
    expect(chooseLayout(bytes)).toEqual({ bytes, blockBytes, extentBytes })
  })

  it('has at most 512 extents, which together are the disk in whole sectors, and so are its blocks', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 3 * GIB }), fc.integer({ min: 1, max: 5 * TIB }))
    fc.assert(
      fc.property(sizes, (bytes) => {
        const layout = chooseLayout(bytes)
        const count = extentCount(layout)
        expect(count).toBeLessThanOrEqual(512)
        let sum = 0
        for (let extent = 0; extent < count; extent++) sum += extentLength(layout, extent)
        expect(sum).toBe(Math.ceil(bytes / 512) * 512)
        const last = blockCount(layout) - 1
        expect(last * layout.blockBytes + blockLength(layout, last)).toBe(sum)
        expect(last * layout.blockBytes + blockLengthInDisk(layout, last)).toBe(bytes)
        expect(blocksOf(layout, 0).first).toBe(0)
        expect(blocksOf(layout, count - 1).end).toBe(last + 1)
      }),
      { numRuns: 50 },
    )
  })

  it('can be whatever a disk that grows and shrinks comes to have, and is no other with more blocks in an extent', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 3 * GIB }), fc.integer({ min: 1, max: LARGEST_DISK }))
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 5 }), ([first = 1, ...others]) => {
        const layout = others.reduce((before, bytes) => keepLayout(bytes, before), chooseLayout(first))
        expect(isLayout(layout)).toBe(true)
      }),
    )
    const grown = keepLayout(LARGEST_DISK, chooseLayout(2 * TIB))
    expect([grown.blockBytes, isLayout(grown)]).toEqual([MIB, true])
    expect(isLayout({ ...grown, blockBytes: MIB / 2 })).toBe(false)
    expect(isLayout({ ...grown, extentBytes: grown.extentBytes + GIB })).toBe(false)
  })

  it('stays what it was when the disk grows, as long as that is possible', () => {
    const small = chooseLayout(3 * GIB)
    expect(keepLayout(4 * GIB, small)).toEqual({ ...small, bytes: 4 * GIB })
    expect(keepLayout(1, small)).toEqual({ ...small, bytes: 1 })
    // More than 512 extents: blocks stay as large, so that they are known.
    expect(keepLayout(513 * GIB, small)).toEqual({ bytes: 513 * GIB, blockBytes: MIB, extentBytes: 2 * GIB })
    expect(keepLayout(3 * TIB, chooseLayout(2 * TIB))).toMatchObject({ blockBytes: MIB, extentBytes: 6 * GIB })
    expect(keepLayout(2 * TIB, chooseLayout(3 * TIB))).toMatchObject({ blockBytes: 4 * MIB, extentBytes: 6 * GIB })
  })
})
