import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type FileState, type Journal, openJournal, planEviction } from '../../../../core/cloud-cache/index.ts'
import { eachNumber, packNumbers } from '../../../../core/cloud-cache/journal/number-list.ts'

let folder: string
let journal: Journal
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-eviction-'))
  now = 0
  journal = openJournal(folder, { clock: { now: () => now, monotonic: () => now } })
  journal.setBuilt()
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true })
})

const nameOf = (number: number): string => number.toString(16).padStart(64, '0')
const idOf = (number: number): number => journal.files.find({ kind: 'pack', name: nameOf(number) })?.id ?? -1

/** A data pack of 100 bytes, stored at hour `number`. */
function pack(number: number, state: FileState = 'verified'): void {
  now = number * 3_600_000
  const handle = { kind: 'pack', name: nameOf(number) } as const
  journal.saved(handle, { size: 100, sums: new Uint8Array(4) })
  journal.files.markEvictable([handle.name])
  for (const to of ['uploading', 'uploaded', 'verified', 'evicted'] as const) {
    if (state === 'local') return
    journal.move(handle, to)
    if (to === state) return
  }
}

/** Numbers of the packs that go. */
function gone(options: Partial<Parameters<typeof planEviction>[1]>): number[] {
  const plan = planEviction(journal, { capacity: 1000, highMark: 90, lowMark: 50, hot: new Set(), ...options })
  return plan.files.map(({ name }) => Number.parseInt(name, 16))
}

describe('what is evicted', () => {
  it('is nothing up to the higher mark, and then what was needed longest ago, down to the lower one', () => {
    for (let number = 1; number <= 9; number++) pack(number)
    expect(gone({})).toEqual([])
    pack(10)
    expect(gone({})).toEqual([1, 2, 3, 4, 5])
  })

  it('is what fits, below the higher mark, where somebody wants room', () => {
    for (let number = 1; number <= 7; number++) pack(number)
    expect(gone({ isWanted: true })).toEqual([1, 2])
  })

  it('is nothing that a hot point needs (CC-10)', () => {
    for (let number = 1; number <= 10; number++) pack(number)
    expect(gone({ hot: new Set([1, 3].map(idOf)) })).toEqual([2, 4, 5, 6, 7])
  })

  it('is nothing that the cloud is not known to have (CC-15), and that it falls short is told', () => {
    for (let number = 1; number <= 6; number++) pack(number, 'local')
    for (let number = 7; number <= 8; number++) pack(number, 'uploaded')
    pack(9)
    pack(10)
    const plan = planEviction(journal, { capacity: 1000, highMark: 90, lowMark: 50, hot: new Set([idOf(9)]) })
    expect(plan).toMatchObject({ held: 1000, target: 500, bytes: 100, short: 400, keptHot: 100, keptUnsent: 800 })
    expect(plan.files.map(({ name }) => name)).toEqual([nameOf(10)])
  })

  it('was read last when it was read last, and not when it was stored', () => {
    for (let number = 1; number <= 10; number++) pack(number)
    const first = journal.files.find({ kind: 'pack', name: nameOf(1) })
    if (first) journal.files.touch(first, 20 * 3_600_000)
    expect(gone({})).toEqual([2, 3, 4, 5, 6])
  })

  it('is no file of which nobody has said that it holds data', () => {
    for (let number = 1; number <= 10; number++) pack(number)
    const handle = { kind: 'pack', name: nameOf(99) } as const
    journal.saved(handle, { size: 500, sums: new Uint8Array(4) })
    for (const to of ['uploading', 'uploaded', 'verified'] as const) journal.move(handle, to)
    expect(gone({ lowMark: 1 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('what a snapshot needs', () => {
  const snapshot = nameOf(4711)

  it('is told by where its packs are', () => {
    pack(1, 'evicted')
    pack(2)
    pack(3, 'local')
    journal.needs.save(snapshot, [1, 2, 3].map(nameOf), 0)
    expect(journal.needs.sum(snapshot, journal.needs.places())).toEqual({
      packs: 3,
      bytes: 300,
      inCloudOnly: { packs: 1, bytes: 100 },
      inCacheOnly: { packs: 1, bytes: 100 },
      gaps: 0,
    })
  })

  it('is not known any more once a pack of it is gone', () => {
    pack(1)
    pack(2)
    journal.needs.save(snapshot, [1, 2].map(nameOf), 0)
    expect(journal.needs.isStale(snapshot, journal.needs.places())).toBe(false)
    journal.removed({ kind: 'pack', name: nameOf(2) })
    expect(journal.needs.isStale(snapshot, journal.needs.places())).toBe(true)
    expect(journal.needs.sum(snapshot, journal.needs.places())).toBeUndefined()
    expect(journal.needs.isStale(nameOf(1), journal.needs.places())).toBe(true)
  })

  it('counts and names what was never there, and is looked at again: it may have been stored since', () => {
    pack(1)
    pack(2)
    journal.needs.save(snapshot, [1, 2, 77].map(nameOf), 2)
    const places = journal.needs.places()
    expect(journal.needs.sum(snapshot, places)).toMatchObject({ packs: 2, gaps: 3 })
    expect(journal.needs.missingOf(snapshot)).toEqual([nameOf(77)])
    expect(journal.needs.isStale(snapshot, places)).toBe(true)
  })

  it('is what another snapshot of the same tree needs, unless that is stale', () => {
    pack(1)
    const tree = nameOf(9)
    journal.needs.put({ snapshot, tree, packs: [idOf(1)], missing: [], gaps: 0 })
    expect(journal.needs.takeFrom(nameOf(8), nameOf(3), journal.needs.places())).toBe(false)
    expect(journal.needs.takeFrom(tree, nameOf(3), journal.needs.places())).toBe(true)
    expect(journal.needs.of(nameOf(3))).toEqual([idOf(1)])
    journal.removed({ kind: 'pack', name: nameOf(1) })
    expect(journal.needs.takeFrom(tree, nameOf(2), journal.needs.places())).toBe(false)
  })

  it('is kept whatever the numbers of packs are', () => {
    const numbers = [1, 2, 127, 128, 129, 16_383, 16_384, 300_000]
    const unpacked: number[] = []
    eachNumber(packNumbers(numbers), (number) => unpacked.push(number))
    expect(unpacked).toEqual(numbers)
    expect(packNumbers(numbers).byteLength).toBeLessThan(16)
    expect(packNumbers([]).byteLength).toBe(0)
  })
})
