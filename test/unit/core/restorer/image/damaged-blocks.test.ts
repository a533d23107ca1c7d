import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createDamagedBlocks } from '../../../../../core/restorer/image/damaged-blocks.ts'

describe('blocks that are damaged', () => {
  it('are those of all runs, each counted once', () => {
    const runs = fc.array(fc.tuple(fc.nat({ max: 3_000_000 }), fc.nat({ max: 2_500_000 })), { maxLength: 5 })
    fc.assert(
      fc.property(runs, fc.array(fc.nat({ max: 6_000_000 })), (some, asked) => {
        const blocks = createDamagedBlocks()
        for (const [from, length] of some) blocks.add(from, from + length)
        const isIn = (block: number): boolean => some.some(([from, length]) => block >= from && block < from + length)
        for (const block of [...asked, ...some.flatMap(([from, length]) => [from, from - 1, from + length])]) {
          expect(blocks.has(block)).toBe(block >= 0 && isIn(block))
        }
        const ends = some.map(([from, length]) => [from, from + length] as const).toSorted(([a], [b]) => a - b)
        let count = 0
        let end = 0
        for (const [from, to] of ends) {
          count += Math.max(0, to - Math.max(from, end))
          end = Math.max(end, to)
        }
        expect(blocks.count).toBe(count)
      }),
      { numRuns: 20 },
    )
  })

  it('may be hundreds of millions', () => {
    const blocks = createDamagedBlocks()
    blocks.add(3, 2 ** 29)
    expect([blocks.count, blocks.has(2), blocks.has(2 ** 28), blocks.has(2 ** 29)]).toEqual([
      2 ** 29 - 3,
      false,
      true,
      false,
    ])
  })
})
