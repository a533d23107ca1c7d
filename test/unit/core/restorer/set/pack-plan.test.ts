import { describe, expect, it } from 'vitest'

import { type BlobIndex, createBlobIndex, sha256 } from '../../../../../core/repository/index.ts'
import { createPackPlan, LONGEST_READ, type PackRead, splitRead } from '../../../../../core/restorer/set/pack-plan.ts'

const KIB = 1024
const MIB = KIB * KIB

/** An index, and its entries of the data blobs that are added. */
function madeIndex(packCount = 3): {
  index: BlobIndex
  blob: (pack: number, offset: number, length?: number, name?: string) => number
} {
  const index = createBlobIndex()
  const packs = Array.from({ length: packCount }, (_, number) => index.packs.add(sha256(Buffer.from(`pack ${number}`))))
  let count = 0
  return {
    index,
    blob(pack, offset, length = KIB, name = `blob ${count}`) {
      const location = { type: 'data' as const, pack: packs[pack] ?? 0, offset, length, uncompressedLength: 2 * length }
      index.add(sha256(Buffer.from(name)), location)
      return count++
    },
  }
}

const none = (): boolean => false
const shown = ({ pack, offset, length, entries, files, positions }: PackRead): unknown => [
  pack,
  offset,
  length,
  [...entries.keys()].map((row) => [entries[row], files[row], positions[row]]),
]

describe('a pack plan', () => {
  it('reads each pack once, in the order in which files need them, its blobs in theirs', () => {
    const { index, blob } = madeIndex()
    const [a, b, c, d] = [blob(1, 5 * KIB), blob(0, 0), blob(1, 2 * KIB), blob(1, 3 * KIB)]
    const plan = createPackPlan(index, 5)
    expect(plan.add(7, Uint32Array.of(a, b), none)).toBe(2)
    expect(plan.add(8, Uint32Array.of(c, d, a), none)).toBe(3)
    expect([...plan.reads()].map(shown)).toEqual([
      [
        1,
        2 * KIB,
        4 * KIB,
        [
          [c, 8, 0],
          [d, 8, 2 * KIB],
          [a, 7, 0],
          [a, 8, 4 * KIB],
        ],
      ],
      [0, 0, KIB, [[b, 7, 2 * KIB]]],
    ])
  })

  it('with several lanes takes turns between so many parts of that order, and leaves none out', () => {
    const { index, blob } = madeIndex(5)
    const blobs = [0, 1, 2, 3, 4].map((pack) => blob(pack, 0))
    const plan = createPackPlan(index, 6)
    for (const [file, each] of blobs.entries()) plan.add(file, Uint32Array.of(each), none)
    const packsOf = (lanes: number): number[] => [...plan.reads(lanes)].map(({ pack }) => pack)
    expect(packsOf(1)).toEqual([0, 1, 2, 3, 4])
    expect(packsOf(2)).toEqual([0, 3, 1, 4, 2])
    expect(packsOf(3)).toEqual([0, 2, 4, 1, 3])
    expect(packsOf(9)).toEqual([0, 1, 2, 3, 4])
    expect([...createPackPlan(index, 0).reads(2)]).toEqual([])
  })

  it('leaves out what is right already, and still knows where the rest belongs', () => {
    const { index, blob } = madeIndex()
    const blobs = Uint32Array.of(blob(0, 0), blob(0, KIB), blob(0, 2 * KIB))
    const plan = createPackPlan(index, 3)
    expect(plan.add(0, blobs, (at) => at !== 2)).toBe(1)
    expect([...plan.reads()].map(shown)).toEqual([[0, 2 * KIB, KIB, [[blobs[2], 0, 4 * KIB]]]])
    expect(plan.add(1, blobs, () => true)).toBe(0)
  })

  it('passes over a wide gap, and reads through a narrow one', () => {
    const { index, blob } = madeIndex()
    const blobs = Uint32Array.of(blob(0, 0), blob(0, KIB + 512 * KIB), blob(0, 2 * KIB + 1025 * KIB))
    const plan = createPackPlan(index, 3)
    plan.add(0, blobs, none)
    expect([...plan.reads()].map(({ offset, length }) => [offset, length])).toEqual([
      [0, 514 * KIB],
      [1027 * KIB, KIB],
    ])
  })

  it('cuts long reads between blobs, and never reads a blob twice, even one that is longer than a read', () => {
    const { index, blob } = madeIndex()
    const lengths = [4 * MIB, 4 * MIB, 4 * MIB, 12 * MIB, MIB]
    expect([8 * MIB <= LONGEST_READ, 12 * MIB > LONGEST_READ]).toEqual([true, true])
    let offset = 0
    const blobs = lengths.map((length) => {
      offset += length
      return blob(0, offset - length, length)
    })
    const plan = createPackPlan(index, 10)
    for (const file of [0, 1]) plan.add(file, Uint32Array.from(blobs), none)
    const reads = [...plan.reads()]
    expect(reads.map(({ length }) => length / MIB)).toEqual([8, 4, 12, 1])
    expect(reads.map(({ entries }) => Array.from(entries))).toEqual([
      [0, 0, 1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ])
  })

  it('cuts long reads between blobs that overlap, as those of an index that somebody made up', () => {
    const { index, blob } = madeIndex()
    const blobs = Array.from({ length: 100 }, (_, at) => blob(0, at * (8 * MIB - 1), 8 * MIB))
    // One of them is longer than all that begin in it.
    blobs.push(blob(0, 200 * 8 * MIB, 100 * MIB), blob(0, 201 * 8 * MIB), blob(0, 202 * 8 * MIB))
    const plan = createPackPlan(index, blobs.length)
    plan.add(0, Uint32Array.from(blobs), none)
    const reads = [...plan.reads()]
    expect(reads.flatMap(({ entries }) => [...entries])).toEqual(blobs)
    const lengths = reads.map(({ length }) => length)
    expect(lengths.filter((length) => length > LONGEST_READ)).toEqual([100 * MIB])
    expect(lengths).toHaveLength(103)
  })

  it('finds another copy of a blob, once for each that there is', () => {
    const { index, blob } = madeIndex()
    const first = blob(0, 0, KIB, 'same')
    const second = blob(2, 9 * KIB, KIB, 'same')
    const plan = createPackPlan(index, 1)
    plan.add(3, Uint32Array.of(first), none)
    const [read] = plan.reads()
    const copies = createPackPlan(index, 1)
    expect(copies.addCopy(read ?? expect.unreachable(), 0)).toBe(true)
    const [copy] = copies.reads()
    expect(shown(copy ?? expect.unreachable())).toEqual([2, 9 * KIB, KIB, [[second, 3, 0]]])
    expect(createPackPlan(index, 1).addCopy(copy ?? expect.unreachable(), 0)).toBe(false)
  })
})

/** Entry numbers of each part of a read, down to what cannot be split. */
function splitAll(index: BlobIndex, read: PackRead): number[][] {
  const halves = splitRead(index, read)
  return halves ? halves.flatMap((half) => splitAll(index, half)) : [[...read.entries]]
}

describe('a read that is split', () => {
  it('ends in single blobs, each with its own extent, rows of one blob together', () => {
    const { index, blob } = madeIndex()
    const blobs = [0, 1, 2, 3, 4].map((at) => blob(0, at * KIB, KIB))
    const plan = createPackPlan(index, 7)
    plan.add(0, Uint32Array.from(blobs), none)
    plan.add(1, Uint32Array.of(2, 2), none)
    const [read] = plan.reads()
    expect(splitAll(index, read ?? expect.unreachable())).toEqual([[0], [1], [2, 2, 2], [3], [4]])
    const [left, right] = splitRead(index, read ?? expect.unreachable()) ?? expect.unreachable()
    expect(left.offset + left.length).toBe(right.offset)
    expect([...left.positions, ...right.positions]).toEqual([0, 2048, 4096, 0, 2048, 6144, 8192])
  })
})
