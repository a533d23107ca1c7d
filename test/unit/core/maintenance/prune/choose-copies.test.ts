import { describe, expect, it } from 'vitest'

import { chooseCopies } from '../../../../../core/maintenance/prune/choose-copies.ts'
import { MARK } from '../../../../../core/maintenance/prune/marks.ts'
import { createPackUses, type PackContent } from '../../../../../core/maintenance/prune/pack-uses.ts'
import { createBlobIndex, newWaitNote } from '../../../../../core/repository/index.ts'

const LENGTH = 1000

function id(blob: number): Buffer {
  return Buffer.alloc(32, blob + 1)
}

interface Made {
  /** Blobs by number, in their order. */
  readonly blobs: readonly number[]
  readonly change?: Partial<PackContent>
  /** Those whose copy here was found to be damaged. */
  readonly unreadable?: readonly number[]
}

/** Packs of these blobs, all blobs of 1000 bytes; `used` are those that are needed. */
function choose(packs: readonly Made[], used: readonly number[]) {
  const index = createBlobIndex()
  const contents = packs.map(({ blobs, change }, pack): PackContent => {
    index.packs.add(Buffer.alloc(32, pack + 100))
    for (const [at, blob] of blobs.entries()) {
      index.add(id(blob), { type: 'data', pack, offset: at * LENGTH, length: LENGTH, uncompressedLength: 0 })
    }
    const content = { blobs: blobs.length, hasTrees: false, hasData: true, hasUncompressed: false }
    return { bytes: blobs.length * LENGTH + 100, isWhole: true, waiting: undefined, ...content, ...change }
  })
  const marks = new Uint8Array(index.count)
  for (const blob of used) marks[index.find('data', id(blob))] = MARK.used
  for (const [pack, { unreadable = [] }] of packs.entries()) {
    for (let entry = 0; entry < index.count; entry++) {
      const isHere = index.locate(entry).pack === pack
      if (isHere && unreadable.some((blob) => index.idOf(entry).equals(id(blob)))) {
        marks[entry] = (marks[entry] ?? 0) | MARK.unreadable
      }
    }
  }
  const { lost, ...counts } = chooseCopies(index, createPackUses(packs.length, contents), marks)
  const kept: number[][] = packs.map(() => [])
  for (const [entry, mark] of marks.entries()) {
    if ((mark & MARK.kept) !== 0) kept[index.locate(entry).pack]?.push((index.idOf(entry)[0] ?? 0) - 1)
  }
  return { kept, lost: lost.map((entry) => (index.idOf(entry)[0] ?? 0) - 1), ...counts }
}

describe('which copy of a blob stays', () => {
  it('is the only one, and nothing that is not needed', () => {
    expect(choose([{ blobs: [1, 2] }, { blobs: [3] }], [1, 3])).toEqual({
      kept: [[1], [3]],
      lost: [],
      used: 2,
      repeated: 0,
    })
  })

  it('is the one in the pack of which most stays anyway', () => {
    const { kept, repeated } = choose([{ blobs: [1, 7, 8, 9] }, { blobs: [1, 2, 3] }], [1, 2, 3])
    expect(kept).toEqual([[], [1, 2, 3]])
    expect(repeated).toBe(1)
  })

  it('is never in a pack that is missing, or of another length than its index says', () => {
    const broken = { isWhole: false }
    expect(choose([{ blobs: [1, 2], change: broken }, { blobs: [1] }], [1])).toMatchObject({
      kept: [[], [1]],
      lost: [],
    })
    expect(choose([{ blobs: [1, 2], change: broken }, { blobs: [1] }], [1, 2])).toMatchObject({ lost: [2] })
    expect(choose([{ blobs: [1, 2], change: { bytes: 1500 } }], [1, 2])).toMatchObject({ kept: [[1]], lost: [2] })
    expect(choose([{ blobs: [1], change: { bytes: Number.NaN } }], [1])).toMatchObject({ kept: [[]], lost: [1] })
  })

  it('is never one that is known to be unreadable', () => {
    const packs = [{ blobs: [1, 2, 3], unreadable: [1] }, { blobs: [1, 9] }]
    expect(choose(packs, [1, 2, 3])).toMatchObject({ kept: [[2, 3], [1]], lost: [] })
    const both = [
      { blobs: [1, 2], unreadable: [1] },
      { blobs: [1], unreadable: [1] },
      { blobs: [3], unreadable: [3] },
    ]
    expect(choose(both, [1, 2, 3])).toMatchObject({ kept: [[2], [], []], lost: [3, 1] })
  })

  it('is in a pack that waits to be removed only where there is no other', () => {
    const waiting = { waiting: newWaitNote(1, 0) }
    expect(choose([{ blobs: [1, 2, 3], change: waiting }, { blobs: [9, 8, 1] }], [1, 2, 3])).toMatchObject({
      kept: [[2, 3], [1]],
      lost: [],
    })
  })

  it('is one of several in the same pack', () => {
    expect(choose([{ blobs: [1, 1, 1] }], [1])).toEqual({ kept: [[1]], lost: [], used: 1, repeated: 2 })
  })
})
