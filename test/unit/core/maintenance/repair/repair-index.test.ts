import { beforeAll, describe, expect, it } from 'vitest'

import { type IndexRepaired, planIndexRepair, repairIndex } from '../../../../../core/maintenance/index.ts'
import { type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { storeIndex, storePack } from '../../../../support/craft.ts'
import { failLoads } from '../../../../support/failing-storage.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

describe('making the index say what is there', () => {
  let fresh: () => Repository
  let repository: Repository
  /** An index file of a pack. */
  let index: string
  let pack: string
  beforeAll(async () => {
    const make = await makeRepositories()
    fresh = () => make()
  })

  async function store(text: string): Promise<void> {
    const stored = await storePack(repository, [{ type: 'data', plain: Buffer.from(text) }])
    pack = stored.name
    index = await storeIndex(repository, stored)
  }

  async function namesOf(kind: 'index' | 'pack'): Promise<string[]> {
    const names: string[] = []
    for await (const { name } of repository.storage.list(kind)) names.push(name)
    return names.toSorted()
  }

  /** A file under the name of another one. */
  async function spoil(kind: 'index' | 'pack', name: string, bytes: Buffer): Promise<void> {
    await repository.storage.remove({ kind, name })
    await repository.storage.save({ kind, name }, bytes)
  }

  interface Repair extends IndexRepaired {
    readonly kept: readonly string[]
  }

  async function repair(): Promise<Repair> {
    const kept: string[] = []
    const done = await repairIndex(repository, await planIndexRepair(repository, { readAll: false }), {
      onUnreadable: () => undefined,
      onKept: (name) => kept.push(name),
      onFailed: (_, error) => {
        throw error
      },
    })
    return { ...done, kept }
  }

  it.each(['storage/refused', 'storage/unreachable', 'storage/not-found'] as const)(
    'takes no index file for damaged that the storage does not hand out (%s)',
    async (code) => {
      repository = fresh()
      await store('one')
      const mute = repository.over(failLoads(repository.storage, ({ name }) => name === index, code))
      await expect(planIndexRepair(mute, { readAll: false })).rejects.toMatchObject({ code })
      expect(await namesOf('index')).toEqual([index])
    },
  )

  it('removes an index file that is damaged, once the headers say what it said', async () => {
    repository = fresh()
    await store('one')
    await spoil('index', index, Buffer.from('damaged'))
    expect(await repair()).toMatchObject({ packsListed: 1, indexFilesRemoved: 1, kept: [] })
    expect(await namesOf('index')).not.toContain(index)
    expect(
      (await repository.loadIndex({ purpose: 'read' })).find('data', sha256(Buffer.from('one'))),
    ).toBeGreaterThanOrEqual(0)
  })

  it('keeps a damaged index file while a header cannot be read: it may be all that says what the pack holds', async () => {
    repository = fresh()
    await store('one')
    const bytes = Buffer.from(await repository.storage.load({ kind: 'pack', name: pack }))
    await spoil('pack', pack, Buffer.concat([bytes, Buffer.from('x')]))
    await spoil('index', index, Buffer.from('damaged'))
    expect(await repair()).toMatchObject({ packsUnreadable: 1, indexFilesRemoved: 0, kept: [index] })
    expect(await namesOf('index')).toEqual([index])
    // Once it is whole again, nothing is in the way any more.
    await spoil('pack', pack, bytes)
    expect(await repair()).toMatchObject({ packsListed: 1, packsUnreadable: 0, indexFilesRemoved: 1 })
    expect(await namesOf('index')).not.toContain(index)
  })
})
