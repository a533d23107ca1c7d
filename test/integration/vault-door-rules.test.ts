import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { createFakeClock } from '../support/fake-clock.ts'
import { askDoor, basic, has, lock, openVaultDoorScene, sha256 } from '../support/vault-door.ts'

describe('who is let in', () => {
  it('is who gives the name and the password of an agent', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    scene.addAgent('ben')
    const asked = (name: string, password: string) =>
      askDoor(scene.port, 'GET', '/keys/', { headers: basic(name, password) })
    expect((await asked('ada', ada.password)).status).toBe(200)
    const wrong = [await asked('ada', 'wrong'), await asked('nobody', ada.password), await asked('ben', ada.password)]
    expect(wrong.map(({ status }) => status)).toEqual([401, 401, 401])
    const stranger = await askDoor(scene.port, 'GET', '/keys/', {})
    expect(stranger.status).toBe(401)
    expect(stranger.headers['www-authenticate']).toContain('Basic')
    expect(stranger.text).toContain('repository file')
  })

  it('is made to wait after some wrong passwords; a right one from the same place still goes in', async () => {
    const clock = createFakeClock(1e12)
    const scene = await openVaultDoorScene({ clock })
    const ada = scene.addAgent('ada')
    const guess = () => askDoor(scene.port, 'GET', '/keys/', { headers: basic('ada', 'guess') })
    const statuses = []
    for (let tries = 0; tries < 7; tries++) statuses.push((await guess()).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const refused = await guess()
    expect(refused.headers['retry-after']).toBe('2')
    expect((await ada.ask('GET', '/keys/')).status).toBe(200)
    clock.pass(2000)
    expect((await guess()).status).toBe(401)
  })

  it('leaves no password in the log, not even one that was typed as a name', async () => {
    const scene = await openVaultDoorScene()
    scene.addAgent('ada')
    await askDoor(scene.port, 'GET', '/keys/', { headers: basic('ada', 'my secret') })
    await askDoor(scene.port, 'GET', '/keys/', { headers: basic('my secret', 'x') })
    expect(scene.logged).toHaveLength(2)
    expect(scene.logged.join('\n')).not.toContain('secret')
    expect(scene.logged.join('\n')).not.toContain(basic('ada', 'my secret')['authorization']?.slice(6))
  })
})

describe('locks', () => {
  it('are needed for packs, indexes and snapshots, and the refusal says what to do', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    for (const folder of ['data', 'index', 'snapshots']) {
      const refused = await ada.post(folder, 'content')
      expect(refused.status).toBe(403)
      expect(refused.reason).toContain('--no-lock')
    }
    const name = await lock(ada)
    for (const folder of ['data', 'index', 'snapshots']) expect((await ada.post(folder, 'content')).status).toBe(200)
    await ada.ask('DELETE', `/locks/${name}`)
    expect((await ada.post('data', 'later')).status).toBe(403)
  })

  it('of another agent are no help', async () => {
    const scene = await openVaultDoorScene()
    const [ada, ben] = [scene.addAgent('ada'), scene.addAgent('ben')]
    await lock(ada)
    expect((await ben.post('snapshots', 'content')).status).toBe(403)
  })

  it('are refreshed by a new one, after which the old one goes', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    let name = await lock(ada, 'lock 0')
    await ada.post('data', 'a pack')
    for (let round = 1; round < 4; round++) {
      const next = await lock(ada, `lock ${round}`)
      expect((await ada.ask('DELETE', `/locks/${name}`)).status).toBe(200)
      name = next
    }
    expect((await ada.post('index', 'an index')).status).toBe(200)
    expect((await ada.post('snapshots', 'a snapshot')).status).toBe(200)
  })

  it('that vanished in the middle of a backup are not made up for by a later one', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const name = await lock(ada)
    await ada.post('data', 'a pack')
    // As the appliance does with one that is stale.
    await scene.storage.remove({ kind: 'lock', name })
    expect((await ada.post('index', 'an index')).reason).toContain('begin it again')
    const later = await lock(ada, 'a later lock')
    const refused = await ada.post('snapshots', 'a snapshot')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('restic unlock')
    // The program has failed: it removes its lock, and the next one begins.
    await ada.ask('DELETE', `/locks/${later}`)
    await ada.ask('DELETE', `/locks/${name}`)
    await lock(ada, 'of the next backup')
    expect((await ada.post('snapshots', 'a snapshot')).status).toBe(200)
  })

  it('that were left behind and removed do not hinder the next backup', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await ada.ask('POST', '/config', { body: 'config' })
    const name = await lock(ada, 'of a backup that was killed')
    await scene.storage.remove({ kind: 'lock', name })
    await ada.ask('GET', '/config')
    await lock(ada, 'of the next backup')
    expect((await ada.post('snapshots', 'a snapshot')).status).toBe(200)
  })

  it.each(['append-only', 'full'] as const)('are removed by nobody but their own agent: %s', async (mode) => {
    const scene = await openVaultDoorScene()
    const [ada, ben] = [scene.addAgent('ada', { mode }), scene.addAgent('ben', { mode })]
    const name = await lock(ada)
    const refused = await ben.ask('DELETE', `/locks/${name}`)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('only who made it')
    expect(await has(scene.storage, { kind: 'lock', name })).toBe(true)
    expect((await ada.ask('DELETE', `/locks/${name}`)).status).toBe(200)
    expect((await ada.ask('DELETE', `/locks/${name}`)).status).toBe(404)
  })

  it('do not become one’s own by being sent once more', async () => {
    const scene = await openVaultDoorScene()
    const [ada, ben] = [scene.addAgent('ada'), scene.addAgent('ben')]
    const name = await lock(ada)
    const own = { kind: 'lock', name: sha256('of the appliance') } as const
    await scene.storage.save(own, Buffer.from('of the appliance'))
    for (const at of [name, own.name]) {
      const { body } = await ben.ask('GET', `/locks/${at}`)
      expect((await ben.post('locks', body)).status).toBe(200)
      expect((await ben.ask('DELETE', `/locks/${at}`)).status).toBe(403)
    }
    expect((await ben.post('data', 'a pack')).status).toBe(403)
  })

  it('do not become one’s own by being mended', async () => {
    const scene = await openVaultDoorScene()
    const ben = scene.addAgent('ben')
    const own = { kind: 'lock', name: sha256('of the appliance') } as const
    await scene.storage.save(own, Buffer.from('of the app'))
    expect((await ben.post('locks', 'of the appliance')).status).toBe(200)
    expect((await ben.ask('DELETE', `/locks/${own.name}`)).status).toBe(403)
  })

  it('are as old as the door received them, and whose they are is known after it was opened anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-door-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const [clock, receipts] = [createFakeClock(5_000_000), join(folder, 'receipts.sqlite')]
    const before = await openVaultDoorScene({ clock, receipts })
    const name = await lock(before.addAgent('ada'))
    clock.pass(60_000)
    const after = await openVaultDoorScene({ clock, receipts, storage: before.storage })
    const [ada, ben] = [after.addAgent('ada'), after.addAgent('ben')]
    expect(after.receipts.ofKind('vault', 'lock')).toMatchObject([{ name, agent: ada.id, receivedAt: 5_000_000 }])
    expect((await ada.post('snapshots', 'a snapshot')).status).toBe(200)
    expect((await ben.ask('DELETE', `/locks/${name}`)).status).toBe(403)
    expect((await ada.ask('DELETE', `/locks/${name}`)).status).toBe(200)
  })

  it('are at most a hundred of one agent', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    for (let at = 0; at < 100; at++) await lock(ada, `lock ${at}`)
    const refused = await ada.post('locks', 'one more')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('restic unlock')
  })
})

describe('what an agent may remove', () => {
  it('is nothing but its own locks where it may only add', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { mode: 'append-only' })
    const own = await lock(ada)
    for (const folder of ['data', 'index', 'snapshots', 'keys']) {
      const { name } = await ada.post(folder, 'content')
      const refused = await ada.ask('DELETE', `/${folder}/${name}`)
      expect(refused.status).toBe(403)
      expect(refused.text).toContain('done by the appliance')
      expect((await ada.ask('GET', `/${folder}/${name}`)).text).toBe('content')
    }
    expect((await ada.ask('DELETE', `/locks/${own}`)).status).toBe(200)
  })

  it('is all but the config where it may do everything', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await lock(ada)
    await ada.ask('POST', '/config', { body: 'config' })
    const { name } = await ada.post('data', 'content')
    expect((await ada.ask('DELETE', `/data/${name}`)).status).toBe(200)
    expect((await ada.ask('GET', `/data/${name}`)).status).toBe(404)
    expect((await ada.ask('DELETE', '/config')).status).toBe(403)
    expect((await ada.ask('DELETE', '/')).status).toBe(403)
  })
})

describe('the quota of an agent', () => {
  it('is kept before a body is read, and what the agent removes is given back', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { quota: 100 })
    await lock(ada, 'l')
    const { name } = await ada.post('data', 'x'.repeat(60))
    const refused = await ada.post('data', 'y'.repeat(60))
    expect(refused.status).toBe(507)
    expect(refused.reason).toContain('61 B of 100 B')
    expect((await ada.post('data', 'x'.repeat(60))).status).toBe(200)
    await ada.ask('DELETE', `/data/${name}`)
    expect((await ada.post('data', 'y'.repeat(60))).status).toBe(200)
  })

  it('is not passed by several uploads at once', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { quota: 2_500_000 })
    await lock(ada)
    const packs = [1, 2, 3, 4].map((fill) => ada.post('data', Buffer.alloc(1_000_000, fill)))
    const statuses = (await Promise.all(packs)).map(({ status }) => status).toSorted((a, b) => a - b)
    expect(statuses).toEqual([200, 200, 507, 507])
  })

  it('is free again of what a prune of the appliance removed, and counts what that made', async () => {
    const clock = createFakeClock(1e12)
    const scene = await openVaultDoorScene({ clock })
    const ada = scene.addAgent('ada', { quota: 100, mode: 'append-only' })
    await lock(ada, 'l')
    const { name } = await ada.post('data', 'x'.repeat(90))
    expect((await ada.post('data', 'y'.repeat(60))).status).toBe(507)
    clock.pass(60 * 60_000)
    await scene.storage.remove({ kind: 'pack', name })
    const made = { kind: 'pack', name: sha256('made by a prune') } as const
    await scene.storage.save(made, Buffer.alloc(30))
    expect((await ada.post('data', 'y'.repeat(60))).status).toBe(200)
    expect(scene.receipts.storedBy('vault', ada.id)).toBe(91)
    expect((await ada.post('data', 'z'.repeat(20))).status).toBe(507)
  })

  it('counts for nobody what a prune made in a vault of several', async () => {
    const clock = createFakeClock(1e12)
    const scene = await openVaultDoorScene({ clock })
    const [ada, ben] = [scene.addAgent('ada', { quota: 100 }), scene.addAgent('ben')]
    await lock(ada, 'l')
    await lock(ben, 'of ben')
    await scene.storage.save({ kind: 'pack', name: sha256('made by a prune') }, Buffer.alloc(90))
    expect((await ada.post('data', 'y'.repeat(101))).status).toBe(507)
    expect((await ada.post('data', 'y'.repeat(60))).status).toBe(200)
  })

  it('does not keep an agent from locking, as it has to for a restore', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { quota: 0 })
    await lock(ada)
  })

  it('counts nothing that came wrong', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { quota: 100 })
    await lock(ada, 'l')
    for (let tries = 0; tries < 5; tries++) await ada.ask('POST', `/data/${sha256('other')}`, { body: 'x'.repeat(60) })
    expect(scene.receipts.storedBy('vault', ada.id)).toBe(1)
    expect((await ada.post('data', 'x'.repeat(60))).status).toBe(200)
  })
})
