import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createBlockSet } from '../../../../../core/archiver/image/block-set.ts'

const MIB = 2 ** 20
const LAYOUT = { bytes: 100 * MIB + 1, blockBytes: MIB, extentBytes: 2 ** 30 }

describe('a set of blocks', () => {
  it('has every block that an area touches, and no other', () => {
    const area = fc.record({
      offset: fc.integer({ min: 0, max: LAYOUT.bytes }),
      length: fc.oneof(fc.integer({ min: 0, max: 3 * MIB }), fc.integer({ min: 0, max: LAYOUT.bytes })),
    })
    fc.assert(
      fc.property(fc.array(area, { maxLength: 4 }), (some) => {
        const areas = some.map(({ offset, length }) => ({ offset, length: Math.min(length, LAYOUT.bytes - offset) }))
        const set = createBlockSet(LAYOUT)
        for (const each of areas) set.addArea(each)
        let bytes = 0
        for (let block = 0; block < 101; block++) {
          const isTouched = areas.some(
            ({ offset, length }) => length > 0 && offset < (block + 1) * MIB && offset + length > block * MIB,
          )
          expect(set.has(block)).toBe(isTouched)
          if (isTouched) bytes += block === 100 ? 1 : MIB
          expect(set.hasAny(block, block + 1)).toBe(isTouched)
        }
        expect(set.countBytes()).toBe(bytes)
      }),
    )
  })

  it('of a large disk has what any areas touch, however they lie', () => {
    const layout = { bytes: 40_000 * MIB - 7, blockBytes: MIB, extentBytes: 2 ** 30 }
    const area = fc.tuple(fc.integer({ min: 0, max: 39_999 }), fc.integer({ min: 1, max: 40_000 }))
    fc.assert(
      fc.property(fc.array(area, { maxLength: 6 }), (some) => {
        const set = createBlockSet(layout)
        const wanted = new Uint8Array(40_000)
        for (const [first, count] of some) {
          const end = Math.min(40_000, first + count)
          set.addArea({ offset: first * MIB, length: Math.min(layout.bytes, end * MIB) - first * MIB })
          wanted.fill(1, first, end)
        }
        expect(wanted.findIndex((is, block) => set.has(block) !== (is === 1))).toBe(-1)
      }),
      { numRuns: 30 },
    )
  })

  it('takes no longer where all of the disk is named again and again', () => {
    const layout = { bytes: 2 ** 50, blockBytes: 4 * MIB, extentBytes: 2 ** 41 }
    const set = createBlockSet(layout)
    // 32 MiB of bits: without care for what is in it already this takes half an hour.
    for (let at = 0; at < 400_000; at++) set.addArea({ offset: at, length: layout.bytes - at })
    expect(set.has(2 ** 28 - 1)).toBe(true)
  })
})
