import { beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import type { Repository } from '../../../../../core/repository/index.ts'
import { loadSnapshots, retagSnapshot, type StoredSnapshot } from '../../../../../core/snapshot/index.ts'
import { changeStorage, openMemoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const TREE = 'ab'.repeat(32)

let makeRepository: (storage?: Storage) => Repository
beforeAll(async () => {
  makeRepository = await makeRepositories()
})

async function oneSnapshot(storage?: Storage): Promise<{ repository: Repository; old: StoredSnapshot }> {
  const repository = makeRepository(storage)
  const document = { time: '2026-02-03T04:05:06Z', tree: TREE, paths: ['/a'], hostname: 'host', later: [1] }
  await repository.saveDocument('snapshot', Buffer.from(JSON.stringify(document)))
  const [old] = await loadSnapshots(repository)
  if (!old) throw new Error('nothing was stored')
  return { repository, old }
}

describe('a snapshot that gets other tags', () => {
  it('is replaced by one that has them and remembers the first id', async () => {
    const { repository, old } = await oneSnapshot()
    const { snapshot: first } = await retagSnapshot(repository, old, ['a'], [old])
    expect(await loadSnapshots(repository)).toEqual([{ ...old, id: first.id, tags: ['a'], original: old.id }])
    const { snapshot: second, leftOver } = await retagSnapshot(repository, first, ['b'], [first])
    expect(leftOver).toBeUndefined()
    expect(await loadSnapshots(repository)).toEqual([{ ...old, id: second.id, tags: ['b'], original: old.id }])
  })

  it('is removed only once the other is stored', async () => {
    const calls: string[] = []
    const memory = openMemoryStorage()
    const { repository, old } = await oneSnapshot(
      changeStorage(memory, {
        async save(handle, body) {
          await memory.save(handle, body)
          calls.push(`saved ${handle.kind}`)
        },
        async remove(handle) {
          calls.push(`remove ${handle.kind}`)
          await memory.remove(handle)
        },
      }),
    )
    calls.length = 0
    await retagSnapshot(repository, old, ['a'], [])
    expect(calls).toEqual(['saved snapshot', 'remove snapshot'])
  })

  it('stays where the other cannot be stored', async () => {
    const memory = openMemoryStorage()
    const { repository, old } = await oneSnapshot(memory)
    const full = changeStorage(memory, { save: () => Promise.reject(new CoreError('storage/full', 'full')) })
    await expect(retagSnapshot(repository.over(full), old, ['a'], [])).rejects.toMatchObject({ code: 'storage/full' })
    expect(await loadSnapshots(repository)).toEqual([old])
  })

  it('that was left over by a run that was stopped goes, and no second copy is made', async () => {
    const memory = openMemoryStorage()
    const { repository, old } = await oneSnapshot(memory)
    const refusing = changeStorage(memory, {
      remove: () => Promise.reject(new CoreError('storage/refused', 'not allowed')),
    })
    const { snapshot, leftOver } = await retagSnapshot(repository.over(refusing), old, ['a'], [old])
    expect(leftOver).toMatchObject({ code: 'storage/refused' })
    const both = await loadSnapshots(repository)
    expect(both.map(({ id }) => id).toSorted()).toEqual([old.id, snapshot.id].toSorted())

    expect((await retagSnapshot(repository, old, ['a'], both)).snapshot.id).toBe(snapshot.id)
    expect(await loadSnapshots(repository)).toEqual([snapshot])
  })
})
