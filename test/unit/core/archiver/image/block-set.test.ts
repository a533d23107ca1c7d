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
})
