import { beforeEach, describe, expect, it } from 'vitest'

import { findPacks, unlistedPacks } from '../../../../../core/maintenance/inventory/find-packs.ts'
import { type Inventory, readInventory } from '../../../../../core/maintenance/inventory/read-inventory.ts'
import type { Repository } from '../../../../../core/repository/index.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const PACK = 'ab'.repeat(32)
const OTHER_PACK = 'ac'.repeat(32)
const BLOB = 'cd'.repeat(32)

interface Place {
  readonly offset: number
  readonly id?: string
  readonly type?: 'data' | 'tree'
}

/** What an index file says of a pack. */
const listing = (pack: string, places: readonly Place[]): string =>
  `{"id":"${pack}","blobs":[${places.map(({ offset, id = BLOB, type = 'data' }) => `{"id":"${id}","type":"${type}","offset":${offset},"length":100}`).join(',')}]}`

const places = (count: number, first: number): Place[] =>
  Array.from({ length: count }, (_, at) => ({ offset: first + at }))

/** Where the index says that blobs lie in the pack, in order. */
function offsetsIn({ index, ledger }: Inventory, pack: string): number[] {
  const entries = ledger.entriesOf(ledger.find(Buffer.from(pack, 'hex')))
  return entries.map((entry) => index.locate(entry).offset).toSorted((a, b) => a - b)
}

const newRepository = await makeRepositories()

describe('what the index files say', () => {
  let repository: Repository
  beforeEach(() => {
    repository = newRepository()
  })

  async function store(listings: readonly string[]): Promise<void> {
    await repository.saveDocument('index', Buffer.from(`{"packs":[${listings.join(',')}]}`))
  }

  it('is taken once where it is said twice, of other packs between', async () => {
    await store([listing(PACK, places(3, 0)), listing(OTHER_PACK, places(2, 0)), listing(PACK, places(3, 0))])
    await store([listing(PACK, places(2, 0)), listing(OTHER_PACK, places(2, 0))])
    const repeated: string[] = []
    const inventory = await readInventory(repository, { onRepeated: (pack) => repeated.push(pack) })
    expect(inventory.index.count).toBe(5)
    expect(offsetsIn(inventory, PACK)).toEqual([0, 1, 2])
    expect(offsetsIn(inventory, OTHER_PACK)).toEqual([0, 1])
    expect(repeated.toSorted()).toEqual([PACK, PACK, OTHER_PACK])
  })

  it('is taken as it is where a later listing says something else of a pack', async () => {
    const tree: Place = { offset: 0, type: 'tree' }
    const other: Place = { offset: 0, id: 'ce'.repeat(32) }
    await store([
      listing(PACK, places(2, 0)),
      listing(PACK, [{ offset: 7 }, { offset: 0 }]),
      listing(PACK, [tree, other]),
      listing(PACK, [other, { offset: 7 }, tree]),
    ])
    const inventory = await readInventory(repository)
    expect(offsetsIn(inventory, PACK)).toEqual([0, 0, 0, 1, 7])
    expect(inventory.trees).toBe(1)
    expect(inventory.ledger.indexFileOf(0)).toBe(0)
  })

  it('may list one blob thousands of times, and the pack twice with other places', async () => {
    const many = 3500
    await store([listing(PACK, places(many, 0)), listing(PACK, places(many, 1_000_000))])
    const inventory = await readInventory(repository)
    expect(inventory.index.count).toBe(2 * many)
  })

  it('may list a pack hundreds of thousands of times', async () => {
    await store(Array.from({ length: 400_000 }, () => listing(PACK, [])))
    const inventory = await readInventory(repository)
    expect([inventory.ledger.listed, inventory.index.count]).toEqual([1, 0])
  })

  it('says of a pack that is in no index how long it is, and that one that is not there has no length', async () => {
    await store([listing(PACK, places(1, 0))])
    await repository.storage.save({ kind: 'pack', name: OTHER_PACK }, Buffer.alloc(7))
    const { ledger } = await readInventory(repository)
    expect(await findPacks(repository.storage, ledger, {})).toBe(1)
    expect([...unlistedPacks(ledger)]).toEqual([{ name: OTHER_PACK, size: 7 }])
    expect([ledger.listed, ledger.count, ledger.size(0), ledger.size(1)]).toEqual([1, 2, Number.NaN, 7])
    expect([ledger.entriesOf(1), ledger.indexFileOf(1)]).toEqual([[], -1])
  })
})
