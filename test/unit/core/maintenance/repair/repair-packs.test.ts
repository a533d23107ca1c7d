import { beforeEach, describe, expect, it } from 'vitest'

import { findDamagedPacks, planPackRepair, repairPacks, type SavedPack } from '../../../../../core/maintenance/index.ts'
import { type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { storeIndex, storePack } from '../../../../support/craft.ts'
import { failLoads } from '../../../../support/failing-storage.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const PLAINS = ['one', 'two'].map((text) => Buffer.from(text))

const newRepository = await makeRepositories()

describe('saving what is in packs', () => {
  let repository: Repository
  let pack: string
  /** The same, while the storage does not hand out the pack. */
  let mute: Repository
  beforeEach(async () => {
    repository = newRepository()
    const stored = await storePack(
      repository,
      PLAINS.map((plain) => ({ type: 'data', plain })),
    )
    pack = stored.name
    await storeIndex(repository, stored)
    // What `assertReachable` looks for.
    await repository.storage.save({ kind: 'config', name: '' }, Buffer.from('config'))
    mute = repository.over(failLoads(repository.storage, ({ name }) => name === pack))
  })

  async function save(of: Repository, evenUnread: boolean): Promise<SavedPack[]> {
    const saved: SavedPack[] = []
    await repairPacks(of, await planPackRepair(of, [pack]), {
      workers: 1,
      now: 0,
      evenUnread,
      onPack: (each) => saved.push(each),
    })
    return saved
  }

  async function listed(): Promise<number> {
    const index = await repository.loadIndex({ purpose: 'read' })
    return PLAINS.filter((plain) => index.find('data', sha256(plain)) >= 0).length
  }

  it('takes no pack for damaged that the storage does not hand out, and names it', async () => {
    const found = await findDamagedPacks(mute, { workers: 1 })
    expect(found).toMatchObject({ damaged: [], unread: [{ name: pack }] })
    expect(found.unread[0]?.message).toContain('could not be read')
  })

  it('leaves a pack listed that is not handed out only now', async () => {
    expect(await save(mute, false)).toMatchObject([{ name: pack, state: 'kept', saved: 0, lost: 2 }])
    expect(await listed()).toBe(2)
  })

  it('sets it aside where somebody who knows better has named it', async () => {
    expect(await save(mute, true)).toMatchObject([{ name: pack, state: 'set-aside', saved: 0, lost: 2 }])
    expect(await listed()).toBe(0)
  })

  it('refuses a pack that no index lists, beside one that is listed', async () => {
    const unlisted = await storePack(repository, [{ type: 'data', plain: Buffer.from('three') }])
    await expect(planPackRepair(repository, [pack, unlisted.name])).rejects.toMatchObject({
      code: 'repository/not-in-repository',
      remedy: expect.stringContaining('repair index') as string,
    })
  })

  it('saves also what only the header lists', async () => {
    const stored = await storePack(
      repository,
      ['three', 'four', 'five'].map((text) => ({ type: 'data', plain: Buffer.from(text) })),
    )
    await storeIndex(repository, { ...stored, entries: stored.entries.slice(1, 2) })
    pack = stored.name
    expect(await save(repository, false)).toMatchObject([{ name: pack, state: 'set-aside', saved: 3, lost: 0 }])
    const index = await repository.loadIndex({ purpose: 'read' })
    for (const text of ['three', 'four', 'five']) {
      const entry = index.find('data', sha256(Buffer.from(text)))
      expect(index.packs.idOf(index.locate(entry).pack).toString('hex')).not.toBe(pack)
    }
  })

  it('saves what the index lists of a pack whose header cannot be read', async () => {
    const bytes = Buffer.from(await repository.storage.load({ kind: 'pack', name: pack }))
    await repository.storage.remove({ kind: 'pack', name: pack })
    await repository.storage.save({ kind: 'pack', name: pack }, Buffer.concat([bytes, Buffer.from('x')]))
    expect(await save(repository, false)).toMatchObject([{ name: pack, state: 'set-aside', saved: 2, lost: 0 }])
  })

  it('saves all of a pack that can be read', async () => {
    expect(await save(repository, false)).toMatchObject([{ name: pack, state: 'set-aside', saved: 2, lost: 0 }])
    expect(await listed()).toBe(2)
  })
})
