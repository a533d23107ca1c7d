import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { Agent } from '../../core/contract/index.ts'
import { freePort } from '../support/free-port.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'

const run = promisify(execFile)

// Each test goes on where the one before it ended: it is one story.
describeWith(['restic'], 'holdfast, with agents', () => {
  let scene: ServiceScene
  let port: number
  const at = (...names: string[]): string => join(scene.folder, ...names)
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await scene.call(...args)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout
  }
  /** As the guide says: no secret in a command line. */
  const restic = async (...args: string[]): Promise<string> => {
    const files = ['--repository-file', at('setup/repository'), '--password-file', at('setup/password')]
    const { stdout } = await run('restic', [...files, '--cacert', at('setup/ca.pem'), '--no-cache', ...args])
    return stdout
  }

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    port = await freePort()
    mkdirSync(at('source'))
    writeFileSync(at('source', 'letter.txt'), 'dear\n'.repeat(10_000))
    await ok('vault', 'add', 'web', at('vault'))
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('keeps the vault door closed until somebody opens it', async () => {
    expect(await ok('agent', 'list')).toContain('There is no agent yet')
    await ok('settings', 'vaultDoor.port', String(port))
    expect(await ok('settings', 'vaultDoor.reach', 'loopback')).toContain('when the service is started again')
    await scene.restart()
    expect(statSync(at('data', 'tls', 'door.crt')).isFile()).toBe(true)
  })

  it('writes what an agent needs for its administrator alone, once', async () => {
    const told = await ok('agent', 'add', 'web-01', '--vault', 'web', '--output', at('setup'))
    expect(told).toContain('append-only')
    expect(readdirSync(at('setup')).toSorted()).toEqual([
      'ca.pem',
      'linux.txt',
      'macos.txt',
      'password',
      'repository',
      'windows.txt',
    ])
    for (const name of ['repository', 'password']) expect(statSync(at('setup', name)).mode & 0o777).toBe(0o600)
    const [, secret = ''] = /web-01:([^@]+)@/.exec(readFileSync(at('setup/repository'), 'utf8')) ?? []
    expect(secret).toMatch(/^hfa_/)
    for (const guide of ['linux', 'windows', 'macos'])
      expect(readFileSync(at('setup', `${guide}.txt`), 'utf8')).not.toContain(secret)
    expect(told + (await ok('audit'))).not.toContain(secret)
  })

  it('lets stock restic back up and restore, and what it made is a recovery point', async () => {
    expect(await restic('backup', at('source'))).toContain('snapshot')
    await restic('restore', 'latest', '--target', at('restored'))
    expect(readFileSync(at('restored', at('source'), 'letter.txt'), 'utf8')).toBe('dear\n'.repeat(10_000))
    let points = await scene.json(['points'])
    while (points.length < 2) points = await scene.json(['points'])
    expect(points).toMatchObject([{ set: null, vault: { name: 'web' } }, { total: 1 }])
    expect(await scene.one<Agent>(['agent', 'list'], 'agent')).toMatchObject({
      lastSnapshotAt: expect.any(String),
      isOverdue: false,
    })
  })

  it('lets an agent remove nothing that it only appends to', async () => {
    await expect(restic('forget', 'latest', '--prune')).rejects.toMatchObject({ code: 1 })
    expect(await restic('check', '--read-data')).toContain('no errors')
    await ok('agent', 'set', 'web-01', '--mode', 'full')
    await restic('backup', at('source'))
    await restic('forget', '--keep-last', '1', '--prune')
    // The appliance stores copies of its catalog in the vault, too, whenever it gets to it.
    expect(
      await restic('snapshots', '--path', at('source'), '--json').then((text) => JSON.parse(text) as unknown[]),
    ).toHaveLength(1)
  })

  it('lets nobody share a vault unless he is told to, and in no more who was removed', async () => {
    const shared = await scene.call('agent', 'add', 'web-02', '--vault', 'web', '--output', at('other'))
    expect([shared.code, shared.stderr]).toEqual([1, expect.stringContaining('used by web-01 already')])
    expect((await scene.call('vault', 'detach', 'web')).stderr).toContain('used by web-01')
    await ok('agent', 'remove', 'web-01')
    await expect(restic('snapshots')).rejects.toMatchObject({ stderr: expect.stringContaining('401') })
  })
})
