import { beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { deriveKey } from '../../../../core/repository/crypto/key-derivation.ts'
import { type MasterKey, masterKeyFrom } from '../../../../core/repository/crypto/master-key.ts'
import { createSealer, SEAL_OVERHEAD } from '../../../../core/repository/crypto/seal.ts'
import { openRepository, type Repository } from '../../../../core/repository/index.ts'
import { sha256 } from '../../../../core/repository/sha256.ts'
import { type Handle, openMemoryStorage, type Storage, changeStorage } from '../../../../core/storage/index.ts'
import { seededBytes } from '../../../support/seeded-chance.ts'
import { storeIndex, storePack } from './made-pack.ts'
import { makeRepository, namesOf, OWNER, PASSWORD, POLYNOMIAL } from './made-repository.ts'

const made = await makeRepository()

/** Its master key in a key file whose password is cheap to try: the others take half a second each. */
const cheapKey = await sealKey(made.masterKey)

/** A copy of the repository that was made, to be spoilt, with the cheap key alone. */
let storage: Storage
beforeEach(async () => {
  storage = openMemoryStorage()
  const config: Handle = { kind: 'config', name: '' }
  await storage.save(config, await made.storage.load(config))
  await storage.save({ kind: 'key', name: cheapKey.name }, cheapKey.file)
})

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

async function sealKey(
  { encrypt, macK, macR }: MasterKey,
  change: object = {},
): Promise<{ file: Buffer; name: string }> {
  const plain = Buffer.from(JSON.stringify({ mac: { k: base64(macK), r: base64(macR) }, encrypt: base64(encrypt) }))
  const scrypt = { N: 2, r: 1, p: 1 }
  const salt = Buffer.alloc(64, 5)
  const data = Buffer.alloc(plain.length + SEAL_OVERHEAD)
  createSealer(await deriveKey(PASSWORD, { ...scrypt, salt })).seal(plain, data, 0)
  const document = { ...OWNER, kdf: 'scrypt', ...scrypt, salt: base64(salt), data: base64(data), ...change }
  const file = Buffer.from(JSON.stringify(document))
  return { file, name: sha256(file).toString('hex') }
}

async function failureOf(work: Promise<unknown>): Promise<CoreError> {
  const error: unknown = await work.then(
    () => 'it succeeded',
    (failure: unknown) => failure,
  )
  if (error instanceof CoreError) return error
  throw error
}

async function spoil(handle: Handle, change: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = Buffer.from(await storage.load(handle))
  await storage.remove(handle)
  await storage.save(handle, change(bytes))
}

const flip =
  (bit: number) =>
  (bytes: Buffer): Buffer => {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return bytes
  }

/** Stores a key file under its right name, like the good one but for some members. */
async function storeKey(change: object): Promise<string> {
  const { file, name } = await sealKey(made.masterKey, change)
  await storage.save({ kind: 'key', name }, file)
  return name
}

/** Stores a key file that the password opens, and that holds the key of another repository. */
async function storeForeignKey(): Promise<string> {
  const { file, name } = await sealKey(masterKeyFrom(Buffer.alloc(64, 7)))
  await storage.save({ kind: 'key', name }, file)
  return name
}

/** A storage in memory lists files in the order in which they were stored. */
async function tryGoodKeyLast(): Promise<void> {
  await storage.remove({ kind: 'key', name: cheapKey.name })
  await storage.save({ kind: 'key', name: cheapKey.name }, cheapKey.file)
}

describe('opening a repository', () => {
  it('gives what was made, by its password', async () => {
    const { config, masterKey, keyName } = await openRepository(storage, PASSWORD)
    expect({ config, masterKey, keyName }).toEqual({
      config: made.config,
      masterKey: made.masterKey,
      keyName: cheapKey.name,
    })
    expect((await openRepository(made.storage, PASSWORD)).keyName).toBe(made.keyName)
    expect(config).toMatchObject({ version: 2, chunkerPolynomial: POLYNOMIAL })
  })

  it('says that the password is wrong, and what to do, and not the password', async () => {
    const error = await failureOf(openRepository(storage, 'WRONGWORD'))
    expect(error.code).toBe('repository/wrong-password')
    expect([error.safety, error.remedy]).toEqual([expect.any(String), expect.any(String)])
    expect(`${error.message} ${String(error.stack)} ${JSON.stringify(error)}`).not.toContain('WRONGWORD')
  })

  it('says that there is no repository in an empty place, and that one without a key is damaged', async () => {
    expect((await failureOf(openRepository(openMemoryStorage(), PASSWORD))).code).toBe('repository/not-found')
    await storage.remove({ kind: 'key', name: cheapKey.name })
    expect((await failureOf(openRepository(storage, PASSWORD))).code).toBe('repository/damaged')
  })

  it('passes over damaged keys as long as a good one is there', async () => {
    for (const change of [{ N: 2 ** 40 }, { N: 'x' }, { data: 'AAAA' }, { kdf: 'md5' }]) await storeKey(change)
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    await storage.save({ kind: 'key', name: empty }, new Uint8Array(0))
    await storage.save({ kind: 'key', name: '0'.repeat(64) }, Buffer.from('not what its name says'))
    await storage.save({ kind: 'key', name: 'f'.repeat(64) }, Buffer.from('neither'))
    await tryGoodKeyLast()
    expect((await openRepository(storage, PASSWORD)).keyName).toBe(cheapKey.name)
    const error = await failureOf(openRepository(storage, 'wrong'))
    expect(error.code).toBe('repository/wrong-password')
    expect(error.message).toContain('7 cannot be used')
  })

  it('passes over a key that goes away while keys are tried', async () => {
    const name = await storeKey({ hostname: 'elsewhere', N: 2, r: 1, p: 1 })
    const vanishing: Storage = changeStorage(storage, {
      load: async (handle, options) => {
        if (handle.name === name) await storage.remove(handle)
        return storage.load(handle, options)
      },
    })
    await tryGoodKeyLast()
    expect((await openRepository(vanishing, PASSWORD)).keyName).toBe(cheapKey.name)
  })

  it('says that the keys are damaged where all of them are, not that the password is wrong', async () => {
    // In the sealed key itself: elsewhere in the file a flipped bit does no harm.
    await spoil({ kind: 'key', name: cheapKey.name }, (file) => flip((file.length - 20) * 8)(file))
    const error = await failureOf(openRepository(storage, PASSWORD))
    expect(error.code).toBe('repository/damaged')
    expect(error.message).toContain('the only key')
    expect([error.safety, error.remedy]).toEqual([expect.any(String), expect.any(String)])
  })

  it('refuses every flipped bit of the config, and a config cut off anywhere, naming it', async () => {
    const handle: Handle = { kind: 'config', name: '' }
    const good = Buffer.from(await storage.load(handle))
    const spoilt: Buffer[] = [Buffer.concat([good, good])]
    for (let bit = 0; bit < good.length * 8; bit++) spoilt.push(flip(bit)(Buffer.from(good)))
    for (let length = 0; length < good.length; length++) spoilt.push(good.subarray(0, length))
    for (const bytes of spoilt) {
      await spoil(handle, () => bytes)
      const error = await failureOf(openRepository(storage, PASSWORD))
      expect([error.code, error.message.includes('config')]).toEqual(['repository/damaged', true])
    }
  })

  it('tries the other keys where one belongs to another repository', async () => {
    await storeForeignKey()
    await tryGoodKeyLast()
    expect((await openRepository(storage, PASSWORD)).keyName).toBe(cheapKey.name)
  })

  it('can be aborted', async () => {
    const reason = new Error('enough')
    await expect(openRepository(storage, PASSWORD, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a document', () => {
  it('comes back, is named by its hash, and is sealed anew each time', async () => {
    const repository = made.over(storage)
    const names = [
      await repository.saveDocument('snapshot', Buffer.from('{"a":1}')),
      await repository.saveDocument('snapshot', Buffer.from('{"a":1}')),
    ]
    expect(new Set(names).size).toBe(2)
    for (const name of names) {
      expect((await repository.loadDocument('snapshot', name)).toString()).toBe('{"a":1}')
      expect(sha256(await storage.load({ kind: 'snapshot', name })).toString('hex')).toBe(name)
    }
  })

  it('is refused with any bit flipped or any byte gone, and named', async () => {
    const repository = made.over(storage)
    const name = await repository.saveDocument('snapshot', Buffer.from('{"paths":["/home"]}'))
    const good = Buffer.from(await storage.load({ kind: 'snapshot', name }))
    const spoilt = Array.from({ length: good.length * 8 }, (_, bit) => flip(bit)(Buffer.from(good)))
    for (let length = 0; length < good.length; length++) spoilt.push(good.subarray(0, length))
    for (const bytes of spoilt) {
      await spoil({ kind: 'snapshot', name }, () => bytes)
      const error = await failureOf(repository.loadDocument('snapshot', name))
      expect([error.code, error.message.includes(name)]).toEqual(['repository/damaged', true])
      // What is renamed to fit its content is refused by its seal.
      const other = sha256(bytes).toString('hex')
      await storage.save({ kind: 'lock', name: other }, bytes)
      expect((await failureOf(repository.loadDocument('lock', other))).code).toBe('repository/damaged')
    }
  })

  it('that is not there is storage/not-found', async () => {
    const error = await failureOf(made.loadDocument('snapshot', 'a'.repeat(64)))
    expect(error.code).toBe('storage/not-found')
  })
})

describe('a blob', () => {
  const body = seededBytes('blob', 1000)

  async function withBlob(): Promise<Repository> {
    const repository = made.over(storage)
    await storeIndex(repository, [await storePack(repository, [body])])
    return repository
  }

  it('in no index, or only claimed so far, is not in the repository', async () => {
    const repository = await withBlob()
    const index = await repository.loadIndex({ purpose: 'read' })
    const stranger = sha256(Buffer.from('x'))
    expect((await failureOf(repository.loadBlob(index, 'data', stranger))).code).toBe('repository/not-in-repository')
    expect((await failureOf(repository.loadBlob(index, 'tree', sha256(body)))).code).toBe(
      'repository/not-in-repository',
    )
    const entry = index.claim('data', stranger)
    expect((await failureOf(repository.loadBlob(index, 'data', stranger))).code).toBe('repository/not-in-repository')
    index.place(entry, index.packs.reserve(), 0, 100, 0)
    expect((await failureOf(repository.loadBlob(index, 'data', stranger))).code).toBe('repository/not-in-repository')
  })

  it('whose pack is damaged, cut off or gone is damaged; blob and pack are named', async () => {
    const repository = await withBlob()
    const index = await repository.loadIndex({ purpose: 'read' })
    const [pack = ''] = await namesOf(storage, 'pack')
    const expectDamage = async (): Promise<void> => {
      const error = await failureOf(repository.loadBlob(index, 'data', sha256(body)))
      expect(error).toMatchObject({
        code: 'repository/damaged',
        safety: expect.any(String),
        remedy: expect.any(String),
      })
      expect(error.message).toContain(pack)
      expect(error.message).toContain(sha256(body).toString('hex'))
    }
    await spoil({ kind: 'pack', name: pack }, flip(500))
    await expectDamage()
    await spoil({ kind: 'pack', name: pack }, (bytes) => bytes.subarray(0, 900))
    await expectDamage()
    await storage.remove({ kind: 'pack', name: pack })
    await expectDamage()
  })

  it('that is not what its id says is damaged', async () => {
    const repository = made.over(storage)
    const pack = await storePack(repository, [body])
    const [blob] = [...pack.blobs]
    const id = sha256(Buffer.from('another'))
    await storeIndex(repository, [{ ...pack, blobs: blob ? [{ ...blob, id }] : [] }])
    const error = await failureOf(repository.loadBlob(await repository.loadIndex({ purpose: 'read' }), 'data', id))
    expect([error.code, error.message.includes('hash')]).toEqual(['repository/damaged', true])
  })
})
