import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import { createBlobIndex, sha256 } from '../../../../../core/repository/index.ts'
import { firstIntact } from '../../../../../core/repository/index/first-intact.ts'

function idOf(number: number): Buffer {
  return sha256(Buffer.from(String(number)))
}

const damaged = (entry: number): CoreError => new CoreError('repository/damaged', `copy ${entry} is damaged`)

const read = (intact: number) => async (entry: number) => {
  if (entry === intact) return Buffer.from([entry])
  throw damaged(entry)
}

describe('copies of a blob in the index', () => {
  it('are all found, each once, beginning with the first', () => {
    const listing = fc.record({ id: fc.nat({ max: 8 }), isTree: fc.boolean() })
    fc.assert(
      fc.property(fc.array(listing, { maxLength: 80 }), (listings) => {
        const index = createBlobIndex()
        for (const { id, isTree } of listings) {
          const type = isTree ? 'tree' : 'data'
          index.add(idOf(id), { type, pack: 0, offset: 0, length: 100, uncompressedLength: 0 })
        }
        for (const { id, isTree } of listings) {
          const expected = [...listings.keys()].filter(
            (at) => listings[at]?.id === id && listings[at].isTree === isTree,
          )
          const found: number[] = []
          const first = index.find(isTree ? 'tree' : 'data', idOf(id))
          for (let entry = first; entry >= 0; entry = index.next(entry)) found.push(entry)
          expect(found).toEqual(expected)
        }
      }),
    )
  })

  it('are found after the index has grown', () => {
    const index = createBlobIndex()
    const place = { type: 'data', pack: 0, offset: 0, length: 100, uncompressedLength: 0 } as const
    for (let round = 0; round < 2; round++) for (let id = 0; id < 30_000; id++) index.add(idOf(id), place)
    const wrong = Array.from({ length: 30_000 }, (_, id) => id).filter((id) => {
      const first = index.find('data', idOf(id))
      return first !== id || index.next(first) !== id + 30_000 || index.next(id + 30_000) !== -1
    })
    expect(wrong).toEqual([])
  })

  it('are tried one after another until one is intact', async () => {
    const index = createBlobIndex()
    for (let pack = 0; pack < 3; pack++) {
      index.add(idOf(1), { type: 'data', pack, offset: 0, length: 100, uncompressedLength: 0 })
    }
    expect(await firstIntact(index, 0, read(0), {})).toEqual(Buffer.from([0]))
    expect(await firstIntact(index, 0, read(2), {})).toEqual(Buffer.from([2]))
    await expect(firstIntact(index, 0, read(9), {})).rejects.toThrow('copy 0 is damaged')
    const defect = new TypeError('a defect')
    await expect(firstIntact(index, 0, () => Promise.reject(defect), {})).rejects.toBe(defect)
  })
})
