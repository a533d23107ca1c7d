import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { layOut } from '../../../../../core/maintenance/inventory/pack-layout.ts'
import { createBlobIndex } from '../../../../../core/repository/index.ts'

interface Listed {
  readonly offset: number
  readonly length: number
  readonly uncompressedLength?: number
  readonly id?: number
}

function layOutOf(listed: readonly Listed[]) {
  const index = createBlobIndex()
  for (const [at, { offset, length, uncompressedLength = 0, id = at }] of listed.entries()) {
    index.add(Buffer.alloc(32, id + 1), { type: 'data', pack: 0, offset, length, uncompressedLength })
  }
  return layOut(index, [...listed.keys()])
}

describe('how a pack must look by its index', () => {
  it('is blobs, a sealed header of 37 or 41 bytes a blob, and four bytes for its length', () => {
    // restic design.rst, "Pack Format".
    const { blobBytes, fileBytes, contradiction } = layOutOf([
      { offset: 0, length: 100 },
      { offset: 100, length: 50, uncompressedLength: 200 },
    ])
    expect([blobBytes, fileBytes, contradiction]).toEqual([150, 150 + 37 + 41 + 32 + 4, undefined])
  })

  it('does not depend on the order of the index, nor on being listed twice alike', () => {
    const lengths = fc.array(fc.integer({ min: 32, max: 5000 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(lengths, fc.infiniteStream(fc.nat()), (all, order) => {
        let offset = 0
        const blobs = all.map((length, id) => {
          const blob = { offset, length, id }
          offset += length
          return blob
        })
        const twice = [...blobs, ...blobs]
          .map((blob) => ({ blob, key: order.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ blob }) => blob)
        const straight = layOutOf(blobs)
        const shuffled = layOutOf(twice)
        expect(straight.contradiction).toBeUndefined()
        expect({ ...shuffled, entries: shuffled.entries.length }).toEqual({
          ...straight,
          entries: straight.entries.length,
        })
      }),
    )
  })

  it.each([
    [
      'overlapping blobs',
      [
        { offset: 0, length: 100 },
        { offset: 99, length: 50 },
      ],
      /two blobs at byte 99/,
    ],
    [
      'two blobs in one place',
      [
        { offset: 0, length: 100 },
        { offset: 0, length: 100 },
      ],
      /two blobs at byte 0/,
    ],
    [
      'a gap',
      [
        { offset: 0, length: 100 },
        { offset: 101, length: 50 },
      ],
      /nothing from byte 100 to 101/,
    ],
    ['a gap at the start', [{ offset: 1, length: 100 }], /nothing from byte 0 to 1/],
    ['a blob shorter than its seal', [{ offset: 0, length: 31 }], /too short/],
  ])('cannot have %s', (_, listed, words) => {
    expect(layOutOf(listed).contradiction).toMatch(words)
  })
})
