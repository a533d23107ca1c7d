import { expect, it } from 'vitest'

import { halvesOf, runsOfPack } from '../../../../../core/maintenance/reading/runs-of-pack.ts'
import { createBlobIndex } from '../../../../../core/repository/index.ts'

const MIB = 1024 * 1024

/** An index of one pack, in which blobs of these lengths follow each other. */
function packOf(lengths: readonly number[]) {
  const index = createBlobIndex()
  let offset = 0
  for (const [blob, length] of lengths.entries()) {
    index.add(Buffer.alloc(32, blob + 1), { type: 'data', pack: 0, offset, length, uncompressedLength: 0 })
    offset += length
  }
  return index
}

it('blobs of a pack are read at once where little lies between them', () => {
  const index = packOf([100, 1000, 100, MIB, 100])
  expect(runsOfPack(index, [2, 0, 4], 2 * MIB, MIB / 4).runs).toEqual([
    { offset: 0, length: 1200, within: [0, 2] },
    { offset: 1200 + MIB, length: 100, within: [4] },
  ])
})

it('blobs beyond the end of a pack, or of one that is not there, are not read', () => {
  const index = packOf([100, 100])
  expect(runsOfPack(index, [0, 1], 150, 0)).toEqual({ runs: [{ offset: 0, length: 100, within: [0] }], beyond: [1] })
  expect(runsOfPack(index, [0, 1], Number.NaN, 0)).toEqual({ runs: [], beyond: [0, 1] })
})

it('a run that cannot be read is tried as two', () => {
  const index = packOf([100, 50, 10, 1])
  expect(halvesOf(index, [0, 2, 3])).toEqual([
    { offset: 0, length: 100, within: [0] },
    { offset: 150, length: 11, within: [2, 3] },
  ])
})
