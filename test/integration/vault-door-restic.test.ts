import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { changeStorage, openDirectoryStorage, type Storage } from '../../core/storage/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeResticAgent, type ResticAgent } from '../support/restic-agent.ts'
import { selfSigned } from '../support/trusted-certificate.ts'
import { until } from '../support/until.ts'
import { openVaultDoorScene, type VaultDoorScene, type VaultDoorSceneOptions } from '../support/vault-door.ts'

const MIB = 1024 * 1024

function openFolder(): Storage {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-door-vault-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return openDirectoryStorage(join(folder, 'vault'))
}

async function openScene(options: VaultDoorSceneOptions = {}): Promise<VaultDoorScene> {
  return openVaultDoorScene({ storage: openFolder(), ...options })
}

function resticOf(scene: VaultDoorScene, name: string, given: Parameters<VaultDoorScene['addAgent']>[1] = {}) {
  const { password } = scene.addAgent(name, given)
  return makeResticAgent({ port: scene.port, name, password })
}

function write(agent: ResticAgent, name: string, mib: number): Buffer {
  const content = randomFillSync(Buffer.alloc(mib * MIB))
  writeFileSync(join(agent.source, name), content)
  return content
}

async function restored(agent: ResticAgent, name: string, snapshot = 'latest'): Promise<Buffer> {
  const target = join(agent.home, `restored ${snapshot}`)
  await agent.done('restore', snapshot, '--target', target)
  return readFileSync(join(target, agent.source, name))
}

async function names(storage: Storage, kind: 'snapshot' | 'lock' | 'pack'): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of storage.list(kind)) found.push(name)
  return found.toSorted()
}

describeWith(['restic'], 'restic through the vault door', () => {
  it('does all that it can do with a vault of its own', async () => {
    const scene = await openScene()
    const restic = resticOf(scene, 'ada')
    await restic.done('init', '--repository-version', '2')
    const content = write(restic, 'one', 20)
    await restic.done('backup', restic.source)
    write(restic, 'two', 5)
    await restic.done('backup', restic.source)
    expect(Buffer.compare(await restored(restic, 'one'), content)).toBe(0)
    expect(await restic.done('check', '--read-data')).toContain('no errors were found')

    await restic.done('tag', '--add', 'kept', 'latest')
    await restic.done('forget', '--keep-last', '1', '--prune')
    expect(await names(scene.storage, 'snapshot')).toHaveLength(1)
    await restic.done('rebuild-index', '--read-all-packs')

    writeFileSync(join(restic.home, 'new'), 'another')
    await restic.done('key', 'add', '--new-password-file', join(restic.home, 'new'))
    const listed = await restic.done('key', 'list', '--json')
    const other = (JSON.parse(listed) as { id: string; current: boolean }[]).find(({ current }) => !current)
    await restic.done('key', 'remove', other?.id ?? '')

    expect(await restic.done('check', '--read-data')).toContain('no errors were found')
    expect(await names(scene.storage, 'lock')).toEqual([])
    expect(scene.logged).toEqual([])
  })

  it('copies from one vault to another, each with an agent of its own', async () => {
    const scene = await openScene()
    const other = { id: 'other vault', storage: openFolder(), isPruning: () => false }
    const from = resticOf(scene, 'ada')
    const to = resticOf(scene, 'ben', { vault: other })
    await from.done('init')
    const content = write(from, 'one', 3)
    await from.done('backup', from.source)
    const source = [
      '--from-repository-file',
      join(from.home, 'repository'),
      '--from-password-file',
      join(from.home, 'password'),
    ]
    await to.done('init', '--copy-chunker-params', ...source)
    await to.done('copy', ...source)
    const target = join(to.home, 'restored')
    await to.done('restore', 'latest', '--target', target)
    expect(Buffer.compare(readFileSync(join(target, from.source, 'one')), content)).toBe(0)
    expect(await to.done('check', '--read-data')).toContain('no errors were found')
  })

  it('may only add where it may only add: backups work, and nothing is lost', async () => {
    const scene = await openScene()
    const restic = resticOf(scene, 'ada', { mode: 'append-only' })
    await restic.done('init')
    const content = write(restic, 'one', 2)
    await restic.done('backup', restic.source)
    await restic.done('backup', restic.source)
    const before = [await names(scene.storage, 'snapshot'), await names(scene.storage, 'pack')]
    // restic of this age tries for minutes: it is ended when it was refused.
    const forget = restic.start('forget', '--keep-last', '1', '--prune')
    await until(() => scene.refused.some((line) => line.startsWith('403 DELETE /snapshots/')))
    forget.kill('SIGKILL')
    await once(forget, 'exit')
    expect([await names(scene.storage, 'snapshot'), await names(scene.storage, 'pack')]).toEqual(before)
    // Its lock was left behind. It is its own, so it removes it.
    await restic.done('unlock')
    expect(await names(scene.storage, 'lock')).toEqual([])
    await restic.done('backup', restic.source)
    expect(Buffer.compare(await restored(restic, 'one'), content)).toBe(0)
    expect(await restic.done('check', '--read-data')).toContain('no errors were found')
  })

  it('backs up two computers into one vault at once, and neither removes the lock of the other', async () => {
    const scene = await openScene()
    const [ada, ben] = [resticOf(scene, 'ada'), resticOf(scene, 'ben')]
    await ada.done('init')
    const contents = [write(ada, 'one', 12), write(ben, 'one', 12)]
    await Promise.all([ada.done('backup', ada.source), ben.done('backup', ben.source)])
    const json = await ada.done('snapshots', '--json')
    const snapshots = JSON.parse(json) as { id: string; paths: string[] }[]
    for (const [at, agent] of [ada, ben].entries()) {
      const { id = '' } = snapshots.find(({ paths }) => paths.includes(agent.source)) ?? {}
      expect(Buffer.compare(await restored(agent, 'one', id), contents[at] ?? Buffer.alloc(0))).toBe(0)
    }
    const lock = await scene.addAgent('carl').post('locks', 'of a third')
    const unlock = ben.start('unlock', '--remove-all')
    await until(() => scene.refused.includes(`403 DELETE /locks/${lock.name}`))
    unlock.kill('SIGKILL')
    await once(unlock, 'exit')
    expect(await names(scene.storage, 'lock')).toEqual([lock.name])
  })

  it('that was killed in its middle leaves a vault that is whole, and backs up next time', async () => {
    let packs = 0
    const folder = openFolder()
    const storage = changeStorage(folder, {
      save: async (handle, body, options) => {
        await folder.save(handle, body, options)
        if (handle.kind === 'pack') packs++
      },
    })
    const scene = await openScene({ storage })
    const restic = resticOf(scene, 'ada')
    await restic.done('init')
    const content = write(restic, 'large', 200)
    const backup = restic.start('backup', '--limit-upload', '40000', restic.source)
    await until(() => packs >= 2)
    backup.kill('SIGKILL')
    await once(backup, 'exit')
    expect(await names(storage, 'snapshot')).toEqual([])
    await restic.done('backup', restic.source)
    expect(Buffer.compare(await restored(restic, 'large'), content)).toBe(0)
    await restic.done('unlock')
    expect(await restic.done('check', '--read-data')).toContain('no errors were found')
  })

  it('is told in its own words why not: wrong password, full, no vault at this address', async () => {
    const scene = await openScene()
    const { password } = scene.addAgent('ada', { quota: 100_000 })
    const wrong = makeResticAgent({ port: scene.port, name: 'ada', password: 'wrong' })
    expect((await wrong.run('init')).output).toContain('401 The name or the password of the agent is wrong')
    const restic = makeResticAgent({ port: scene.port, name: 'ada', password })
    await restic.done('init')
    write(restic, 'one', 2)
    const backup = restic.start('backup', restic.source)
    await until(() => scene.refused.some((line) => line.startsWith('507 POST /data/')))
    backup.kill('SIGKILL')
    await once(backup, 'exit')
    writeFileSync(join(restic.home, 'repository'), `rest:http://ada:${password}@127.0.0.1:${scene.port}/vault/`)
    expect((await restic.run('init')).output).toContain('404 There is nothing at this address')
  })

  it('trusts the door by a CA file, and nobody else', async () => {
    using certificate = await selfSigned('127.0.0.1')
    using other = await selfSigned('127.0.0.1')
    const tls = { cert: readFileSync(certificate.certificate, 'utf8'), key: readFileSync(certificate.key, 'utf8') }
    const scene = await openScene({ tls })
    const { password } = scene.addAgent('ada')
    const given = { port: scene.port, name: 'ada', password }
    const restic = makeResticAgent({ ...given, certificate: certificate.certificate })
    await restic.done('init')
    const content = write(restic, 'one', 20)
    await restic.done('backup', restic.source)
    expect(Buffer.compare(await restored(restic, 'one'), content)).toBe(0)
    const misled = makeResticAgent({ ...given, certificate: other.certificate })
    expect((await misled.run('init')).output).toContain('x509')
  })
})
