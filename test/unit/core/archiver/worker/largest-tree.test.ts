import { expect, it } from 'vitest'

import { largestTreeHere } from '../../../../../core/archiver/worker/largest-tree.ts'
import { LARGEST_TREE } from '../../../../../core/snapshot/index.ts'

const GIB = 2 ** 30

it('allows trees of a quarter of the memory that there is, or that this process may have', () => {
  expect(largestTreeHere(4 * GIB, 0)).toBe(GIB)
  expect(largestTreeHere(64 * GIB, 2 * GIB)).toBe(GIB / 2)
  // What Linux gives where there is no limit.
  expect(largestTreeHere(4 * GIB, 2 ** 64)).toBe(GIB)
  expect(largestTreeHere(64 * GIB, 2 ** 64)).toBe(LARGEST_TREE)
})
