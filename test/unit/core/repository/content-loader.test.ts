import { expect, it } from 'vitest'

import { createContentLoader, type Repository } from '../../../../core/repository/index.ts'
import { sha256 } from '../../../../core/repository/sha256.ts'
import { openMemoryStorage, type Storage } from '../../../../core/storage/index.ts'
import { seededBytes } from '../../../support/seeded-chance.ts'
import { storeIndex, storePack } from './made-pack.ts'
import { makeRepository } from './made-repository.ts'

const BODIES = Array.from({ length: 100 }, (_, seed) => seededBytes(1000, seed))

/** A storage that says what is read of its packs: ranges, or all. */
function watched(): { storage: Storage; reads: string[] } {
  const memory = openMemoryStorage()
  const reads: string[] = []
  const load: Storage['load'] = (handle, options) => {
    if (handle.kind === 'pack') reads.push(options?.length === undefined ? 'all' : 'range')
    return memory.load(handle, options)
  }
  return { storage: new Proxy(memory, { get: (of, key) => (key === 'load' ? load : bound(of, key)) }), reads }
}

function bound(storage: Storage, key: string | symbol): unknown {
  const value: unknown = Reflect.get(storage, key)
  return typeof value === 'function' ? (value.bind(storage) as unknown) : value
}

async function damage(repository: Repository, name: string): Promise<void> {
  const { storage } = repository
  const bytes = Buffer.from(await storage.load({ kind: 'pack', name }))
  await storage.remove({ kind: 'pack', name })
  await storage.save({ kind: 'pack', name }, bytes.fill(0, 0, bytes.length - 10))
}

it('reads a pack whole once much is wanted of it, and single blobs by themselves', async () => {
  const { storage, reads } = watched()
  const repository = await makeRepository(storage)
  await storeIndex(repository, [
    await storePack(repository, BODIES.slice(0, 90)),
    await storePack(repository, BODIES.slice(90)),
  ])
  const contents = createContentLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  for (const body of BODIES) expect((await contents.load(sha256(body))).equals(body)).toBe(true)
  expect(reads.filter((read) => read === 'all')).toHaveLength(1)
  expect(reads.filter((read) => read === 'range')).toHaveLength(15 + 10)
})

it('takes another copy where one is damaged, and says what is wrong where there is none', async () => {
  const repository = await makeRepository()
  const first = await storePack(repository, BODIES)
  const second = await storePack(repository, BODIES.slice(0, 50))
  await storeIndex(repository, [first, second])
  await damage(repository, first.name)
  const contents = createContentLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  for (const body of BODIES.slice(0, 50)) expect((await contents.load(sha256(body))).equals(body)).toBe(true)
  for (const body of BODIES.slice(50)) {
    await expect(contents.load(sha256(body))).rejects.toMatchObject({
      code: 'repository/damaged',
      message: expect.stringContaining(first.name) as unknown,
    })
  }
})

it('says so where a blob is in no index', async () => {
  const repository = await makeRepository()
  const contents = createContentLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  await expect(contents.load(sha256(Buffer.from('?')))).rejects.toMatchObject({ code: 'repository/not-in-repository' })
})
