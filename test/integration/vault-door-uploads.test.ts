import { describe, expect, it } from 'vitest'

import { TokenBucket } from '../../core/storage/index.ts'
import {
  type Answer,
  askInParts,
  basic,
  has,
  lock,
  openVaultDoorScene,
  sha256,
  type TestAgent,
  type VaultDoorScene,
} from '../support/vault-door.ts'

describe('what is uploaded', () => {
  it('is there only where it is what its name says', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await lock(ada)
    const name = sha256('right')
    const wrong = await ada.ask('POST', `/data/${name}`, { body: 'wrong' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('Nothing of it was stored')
    expect(await has(scene.storage, { kind: 'pack', name })).toBe(false)
    expect((await ada.ask('POST', `/data/${name}`, { body: 'right' })).status).toBe(200)
    expect(Buffer.from(await scene.storage.load({ kind: 'pack', name })).toString()).toBe('right')
  })

  it('may come again', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await lock(ada)
    const answers = [await ada.post('data', 'a pack'), await ada.post('data', 'a pack')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(scene.receipts.storedBy('vault', ada.id)).toBe('a lock'.length + 'a pack'.length)
    expect(scene.stored.map(({ kind }) => kind)).toEqual(['lock', 'pack'])
  })

  it('mends a file that is there and damaged', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await lock(ada)
    const handle = { kind: 'pack', name: sha256('a pack') } as const
    await scene.storage.save(handle, Buffer.from('a pa'))
    expect((await ada.post('data', 'a pack')).status).toBe(200)
    expect(Buffer.from(await scene.storage.load(handle)).toString()).toBe('a pack')
  })

  it('is a config only once; the same again is fine', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const save = async (body: string) => (await ada.ask('POST', '/config', { body })).status
    expect([await save('one'), await save('one'), await save('two')]).toEqual([200, 200, 403])
    expect((await ada.ask('GET', '/config')).text).toBe('one')
  })

  it('says how long it is, and is no longer than such a file can be', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const chunked = await ada.ask('POST', `/locks/${sha256('x')}`, {
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect(chunked.status).toBe(411)
    const long = await ada.post('locks', Buffer.alloc(64 * 1024 + 1))
    expect(long.status).toBe(413)
  })

  it('is taken no faster than the agent may', async () => {
    const scene = await openVaultDoorScene()
    const taken: number[] = []
    const uploads = new TokenBucket({ bytesPerSecond: undefined })
    uploads.take = (bytes) => Promise.resolve(void taken.push(bytes))
    const ada = scene.addAgent('ada', { uploads })
    await lock(ada)
    taken.length = 0
    expect((await ada.post('data', Buffer.alloc(1_000_000))).status).toBe(200)
    expect(taken.reduce((sum, bytes) => sum + bytes, 0)).toBe(1_000_000)
  })

  it('is refused while the appliance prunes, in a way that restic tries again', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const own = await lock(ada)
    scene.vault.isPruned = true
    const answers = [await ada.post('data', 'a pack'), await ada.post('locks', 'another')]
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    expect(answers[0]?.reason).toContain('prunes')
    expect((await ada.ask('DELETE', `/locks/${own}`)).status).toBe(200)
    scene.vault.isPruned = false
    await lock(ada)
    expect((await ada.post('data', 'a pack')).status).toBe(200)
  })
})

describe('an upload that is on its way', () => {
  it('is refused where a prune began meanwhile', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await lock(ada)
    const finish = await begin(scene, ada, 'data')
    scene.vault.isPruned = true
    expect((await finish()).status).toBe(503)
  })

  it('is refused where the lock was lost meanwhile', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const name = await lock(ada)
    const finish = await begin(scene, ada, 'snapshots')
    await scene.storage.remove({ kind: 'lock', name })
    const refused = await finish()
    expect([refused.status, refused.reason]).toEqual([403, 'The lock of this backup was lost: begin it again'])
    expect(await has(scene.storage, { kind: 'snapshot', name: sha256(Buffer.alloc(1000, 'x')) })).toBe(false)
  })
})

/** Begins one, and leaves its last byte out. */
async function begin(scene: VaultDoorScene, agent: TestAgent, folder: string): Promise<() => Promise<Answer>> {
  const body = Buffer.alloc(1000, 'x')
  const rest = askInParts(scene.port, 'POST', `/${folder}/${sha256(body)}`, {
    body,
    headers: basic(agent.name, agent.password),
  })
  // Another one has gone all the way: this one has been looked at, too.
  await rest.sent
  await agent.ask('GET', '/keys/')
  return () => rest.finish()
}
