import { describe, expect, it } from 'vitest'

import { SEAL_OVERHEAD } from '../../../../core/repository/crypto/seal.ts'
import { listLocks, readIndexFiles } from '../../../../core/repository/index.ts'
import { sha256 } from '../../../../core/repository/sha256.ts'
import { makeRepository } from './made-repository.ts'

const repository = await makeRepository()
const { storage, sealer } = repository

/** Stores what whoever has no key can cut out of a pack: a blob that was stored as it is, sealed by the repository's key. */
async function store(kind: 'snapshot' | 'index' | 'lock', plain: Buffer): Promise<string> {
  const sealed = Buffer.alloc(plain.length + SEAL_OVERHEAD)
  sealer.seal(plain, sealed, 0)
  const name = sha256(sealed).toString('hex')
  await storage.save({ kind, name }, sealed)
  return name
}

const ID = 'ab'.repeat(32)
const DOCUMENTS = {
  snapshot: `{"time":"2030-01-01T00:00:00Z","tree":"${ID}","paths":["/etc"]}`,
  index: `{"packs":[{"id":"${ID}","blobs":[]}]}`,
  lock: '{"time":"2030-01-01T00:00:00Z","exclusive":true}',
}
const KINDS = ['snapshot', 'index', 'lock'] as const

describe.each(KINDS)('a sealed document of kind %s', (kind) => {
  it('begins with a brace or a bracket', async () => {
    for (const text of [DOCUMENTS[kind], '[]']) {
      const name = await store(kind, Buffer.from(text))
      expect((await repository.loadDocument(kind, name)).toString()).toBe(text)
      await storage.remove({ kind, name })
    }
  })

  it.each([0x20, 0x09, 0x0a, 0x0d, 0x00, 0x01, 0x03, 0x22, 0x28, 0x31, 0xef])(
    'is damaged where it begins with byte %i',
    async (first) => {
      const name = await store(kind, Buffer.concat([Buffer.of(first), Buffer.from(DOCUMENTS[kind])]))
      await expect(repository.loadDocument(kind, name)).rejects.toMatchObject({
        code: 'repository/damaged',
        message: expect.stringMatching(new RegExp(`${name}.*begins as no document does`)),
      })
      await storage.remove({ kind, name })
    },
  )

  it('is damaged where it is empty', async () => {
    const name = await store(kind, Buffer.alloc(0))
    await expect(repository.loadDocument(kind, name)).rejects.toMatchObject({ code: 'repository/damaged' })
    await storage.remove({ kind, name })
  })
})

describe('a blob that was cut out of its pack', () => {
  it('lists no packs among the indexes', async () => {
    const name = await store('index', Buffer.from(` ${DOCUMENTS.index}`))
    const unreadable: string[] = []
    for await (const { name: read } of readIndexFiles(storage, sealer, { onUnreadable: (bad) => unreadable.push(bad) }))
      expect(read).not.toBe(name)
    expect(unreadable).toEqual([name])
  })

  it('is no lock of anybody, and nobody takes it for one that is stale', async () => {
    const name = await store('lock', Buffer.from(`\n${DOCUMENTS.lock}`))
    const found = []
    for await (const lock of listLocks(repository)) found.push(lock)
    expect(found).toEqual([{ name, lock: undefined, stale: false, owner: 'alive' }])
  })
})
