import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createBatches } from '../../../../../core/maintenance/copy/batches.ts'
import { STATE } from '../../../../../core/maintenance/copy/copy-marks.ts'
import { sampleSnapshot } from '../../../../support/sample-snapshot.ts'

const MIB = 1024 * 1024

/** Puts snapshots with so much that is new into batches: the bytes of those of each. */
function batchesOf(sizes: readonly number[], total = 0): number[][] {
  const batches = createBatches(total)
  for (const bytes of sizes) batches.add({ snapshot: sampleSnapshot(), blobs: bytes > 0 ? 1 : 0, bytes })
  return batches.list.map(({ snapshots }) => snapshots.map(({ bytes }) => bytes))
}

describe('snapshots that are stored together', () => {
  it('have half a gibibyte at the most, or are one that has more', () => {
    const [large, half, small] = [9000 * MIB, 256 * MIB, MIB]
    expect(batchesOf([large, small, half, half, small])).toEqual([[large], [small, half], [half, small]])
  })

  it('are those too that bring nothing new', () => {
    expect(batchesOf([600 * MIB, 0, 0, MIB, 0])).toEqual([
      [600 * MIB, 0, 0],
      [MIB, 0],
    ])
    expect(batchesOf([0, 0, 600 * MIB])).toEqual([[0, 0, 600 * MIB]])
  })

  it('get numbers of which there are enough, whatever an index claims', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 40), { maxLength: 600 }), fc.boolean(), (sizes, isTrue) => {
        const total = isTrue ? sizes.reduce((sum, size) => sum + size, 0) : 0
        const batches = createBatches(total)
        const numbers = sizes.map((bytes) => batches.add({ snapshot: sampleSnapshot(), blobs: 1, bytes }))
        expect(Math.max(0, ...numbers)).toBeLessThanOrEqual(STATE.lastBatch)
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
        expect(batches.list.map(({ number }) => number)).toEqual([...new Set(numbers)])
        expect(batches.list.flatMap(({ snapshots }) => snapshots.map(({ bytes }) => bytes))).toEqual(sizes)
      }),
    )
  })
})
