import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { addKey, initRepository, openRepository } from '../../../../core/repository/index.ts'
import { openMemoryStorage, type Storage, changeStorage } from '../../../../core/storage/index.ts'
import { makeRepository, namesOf, OWNER, PASSWORD, POLYNOMIAL } from './made-repository.ts'

const made = await makeRepository()

async function failureOf(work: Promise<unknown>): Promise<CoreError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof CoreError) return error
  throw new Error(`not refused: ${String(error)}`)
}

describe('making a repository', () => {
  const options = { password: PASSWORD, owner: OWNER, chunkerPolynomial: POLYNOMIAL }

  it('is refused where there is one', async () => {
    expect((await failureOf(initRepository(made.storage, options))).code).toBe('repository/exists')
  })

  it('goes on where an attempt was killed before the config was stored', async () => {
    const { storage, keyName, masterKey } = await makeRepository()
    await storage.remove({ kind: 'config', name: '' })
    const again = await initRepository(storage, options)
    // Whoever left a key may know it: a new one is drawn.
    expect(again.masterKey).not.toEqual(masterKey)
    expect(await namesOf(storage, 'key')).toEqual([again.keyName])
    expect(again.keyName).not.toBe(keyName)
    expect((await openRepository(storage, PASSWORD)).config).toEqual(again.config)
  })

  it('is refused where a key is left that the password does not open, and touches nothing', async () => {
    const { storage, keyName } = await makeRepository()
    await storage.remove({ kind: 'config', name: '' })
    const error = await failureOf(initRepository(storage, { ...options, password: 'another' }))
    expect(error).toMatchObject({
      code: 'repository/exists',
      message: expect.stringContaining(keyName.slice(0, 8)) as string,
    })
    expect(await namesOf(storage, 'key')).toEqual([keyName])
    expect(await namesOf(storage, 'config')).toEqual([])
  })

  it('is refused where a key is left that somebody else may open, and touches nothing', async () => {
    const other = await makeRepository()
    const planted = await addKey(other, 'known to somebody else', OWNER)
    await other.storage.remove({ kind: 'config', name: '' })
    expect((await failureOf(initRepository(other.storage, options))).code).toBe('repository/exists')
    expect(await namesOf(other.storage, 'key')).toEqual([other.keyName, planted].toSorted())
  })

  it.each(['pack', 'index', 'snapshot'] as const)(
    'is refused where a %s is left of one whose config was lost',
    async (kind) => {
      const { storage, keyName } = await makeRepository()
      await storage.save({ kind, name: 'a'.repeat(64) }, Buffer.from('stored'))
      await storage.remove({ kind: 'config', name: '' })
      expect((await failureOf(initRepository(storage, options))).code).toBe('repository/exists')
      expect(await namesOf(storage, 'key')).toEqual([keyName])
      await storage.remove({ kind: 'key', name: keyName })
      expect((await failureOf(initRepository(storage, options))).code).toBe('repository/exists')
    },
  )

  it('keeps its own key where the other one, whose key it goes on from, is still at work', async () => {
    const inner = openMemoryStorage()
    const [keyStored, goOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    const slow: Storage = changeStorage(inner, {
      save: async (handle, body, saving) => {
        if (handle.kind === 'config') {
          keyStored.resolve(undefined)
          await goOn.promise
        }
        await inner.save(handle, body, saving)
      },
    })
    const slower = failureOf(initRepository(slow, options))
    await keyStored.promise
    const faster = await initRepository(inner, options)
    goOn.resolve(undefined)
    expect((await slower).code).toBe('storage/exists')
    expect(await namesOf(inner, 'key')).toEqual([faster.keyName])
    expect((await openRepository(inner, PASSWORD)).config).toEqual(faster.config)
  })

  it('draws everything anew each time', async () => {
    const other = await makeRepository()
    expect(other.config.id).not.toBe(made.config.id)
    expect(other.masterKey).not.toEqual(made.masterKey)
  })

  it('succeeds for one of two at once, leaves no key of the other, and opens', async () => {
    const fresh = openMemoryStorage()
    const results = await Promise.allSettled([initRepository(fresh, options), initRepository(fresh, options)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const winner = results.find((result) => result.status === 'fulfilled')
    expect(await namesOf(fresh, 'key')).toEqual([winner?.value.keyName])
    expect((await openRepository(fresh, PASSWORD)).config).toEqual(winner?.value.config)
  })

  it('leaves no key where the disk is full before the config is stored', async () => {
    const inner = openMemoryStorage()
    const full: Storage = changeStorage(inner, {
      save: async (handle, body, saving) => {
        if (handle.kind === 'config') throw new CoreError('storage/full', 'the disk is full')
        await inner.save(handle, body, saving)
      },
    })
    expect((await failureOf(initRepository(full, options))).code).toBe('storage/full')
    expect(await namesOf(full, 'key')).toEqual([])
  })
})
