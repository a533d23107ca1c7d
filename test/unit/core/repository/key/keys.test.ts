import { hash } from 'node:crypto'

import { beforeEach, describe, expect, it } from 'vitest'

import { type LaneMixer, openRepository, type Repository } from '../../../../../core/repository/index.ts'
import { addKey, type FoundKey, listKeys, removeKey, replaceKey } from '../../../../../core/repository/key/keys.ts'
import { type Storage, changeStorage } from '../../../../../core/storage/index.ts'
import { makeRepository, OWNER, PASSWORD } from '../made-repository.ts'

async function found(repository: Repository): Promise<FoundKey[]> {
  const keys: FoundKey[] = []
  for await (const key of listKeys(repository)) keys.push(key)
  return keys
}

const names = async (repository: Repository): Promise<Set<string>> =>
  new Set((await found(repository)).map(({ name }) => name))

async function put(repository: Repository, body: Buffer): Promise<string> {
  const name = hash('sha256', body, 'hex')
  await repository.storage.save({ kind: 'key', name }, body)
  return name
}

/** Gives back other bytes than were stored. */
function lying(storage: Storage): Storage {
  return changeStorage(storage, {
    async load(handle, options) {
      const body = Buffer.from(await storage.load(handle, options))
      body[10] = (body[10] ?? 0) ^ 1
      return body
    },
  })
}

describe('the keys of a repository', () => {
  let repository: Repository
  beforeEach(async () => {
    repository = await makeRepository()
  })

  it('can be added: the new password opens the repository beside the old one', async () => {
    const name = await addKey(repository, 'another', { ...OWNER, username: 'ada' })
    expect(await names(repository)).toEqual(new Set([repository.keyName, name]))
    expect((await openRepository(repository.storage, 'another')).keyName).toBe(name)
    const added = (await found(repository)).find((key) => key.name === name)
    expect(added).toMatchObject({ isCurrent: false, owner: { username: 'ada' }, problem: undefined })
  })

  it('are not added where what was stored does not come back: it is removed again', async () => {
    const refused = addKey(repository.over(lying(repository.storage)), 'another', OWNER)
    await expect(refused).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(await names(repository)).toEqual(new Set([repository.keyName]))
  })

  it('can be removed but for the one in use, so that there is always one', async () => {
    const name = await addKey(repository, 'another', OWNER)
    await expect(removeKey(repository, repository.keyName)).rejects.toMatchObject({ code: 'input/invalid' })
    await removeKey(repository, name)
    await expect(removeKey(repository, name)).rejects.toMatchObject({ code: 'storage/not-found' })
    expect(await names(repository)).toEqual(new Set([repository.keyName]))
  })

  it('are not removed by somebody whose own key was removed meanwhile', async () => {
    const name = await addKey(repository, 'another', OWNER)
    await repository.storage.remove({ kind: 'key', name: repository.keyName })
    await expect(removeKey(repository, name)).rejects.toMatchObject({ code: 'input/invalid' })
    expect(await names(repository)).toEqual(new Set([name]))
  })

  it('are replaced: the new password opens, the old one does not', async () => {
    const name = await replaceKey(repository, 'another', OWNER)
    expect(await names(repository)).toEqual(new Set([name]))
    await expect(openRepository(repository.storage, 'another')).resolves.toMatchObject({ keyName: name })
  })

  it('stay where the new one cannot be proved', async () => {
    const refused = replaceKey(repository.over(lying(repository.storage)), 'another', OWNER)
    await expect(refused).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(await names(repository)).toEqual(new Set([repository.keyName]))
  })

  it('are listed whatever is among them: damaged, cut short, enormous, absurd, of another kind', async () => {
    const { storage } = repository
    const good = JSON.parse(Buffer.from(await storage.load({ kind: 'key', name: repository.keyName })).toString())
    const absurd = await put(repository, Buffer.from(JSON.stringify({ ...good, N: 2 ** 40, r: 2 ** 20, p: 2 ** 20 })))
    const foreign = await put(repository, Buffer.from(JSON.stringify({ ...good, kdf: 'argon2' })))
    const cut = await put(repository, Buffer.from(JSON.stringify(good).slice(0, 100)))
    const enormous = await put(repository, Buffer.alloc(1024 * 1024, ' '))
    const renamed = 'ab'.repeat(32)
    await storage.save({ kind: 'key', name: renamed }, Buffer.from(JSON.stringify(good)))
    const keys = new Map((await found(repository)).map((key) => [key.name, key]))
    expect(keys.size).toBe(6)
    expect(keys.get(repository.keyName)).toMatchObject({ isCurrent: true, problem: undefined })
    for (const name of [cut, enormous, renamed]) {
      expect(keys.get(name)).toMatchObject({ owner: undefined, problem: { code: 'repository/damaged' } })
      expect(keys.get(name)?.problem?.message).toContain(name.slice(0, 8))
    }
    expect(keys.get(foreign)?.problem).toMatchObject({ code: 'repository/unsupported' })
    // What is absurd is refused when it is to be opened, and keeps nobody else from opening.
    expect(keys.get(absurd)).toMatchObject({ isCurrent: false, problem: undefined })
    const before = process.memoryUsage.rss()
    await expect(openRepository(storage, 'wrong')).rejects.toMatchObject({ code: 'repository/wrong-password' })
    expect((await openRepository(storage, PASSWORD)).keyName).toBe(repository.keyName)
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 1024 * 1024)
  })

  it('are tried with bounded work, however many and expensive they are; who is refused is told how many were not', async () => {
    const { storage } = repository
    const good = JSON.parse(Buffer.from(await storage.load({ kind: 'key', name: repository.keyName })).toString())
    for (let each = 0; each < 40; each++)
      await put(repository, Buffer.from(JSON.stringify({ ...good, N: 2 ** 16, r: 8, p: 64, username: `h ${each}` })))
    const work: number[] = []
    // Mixes nothing, and counts what it was asked for.
    const laneMixer: LaneMixer = {
      threads: 2,
      mix: async (_, { N, r, first, end }) => void work.push(N * r * (end - first)),
    }
    await expect(openRepository(storage, 'wrong', { laneMixer })).rejects.toMatchObject({
      code: 'repository/wrong-password',
      message: expect.stringContaining('37 were not: all would take too long'),
    })
    expect(work.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2 ** 27)
    // The cheapest comes first.
    expect(work.slice(0, 2)).toEqual([2 ** 20, 2 ** 20])
  })
})
