import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sleep } from '../../core/base/index.ts'
import type { LiveEvent } from '../../core/contract/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { seededBytes } from '../support/seeded-chance.ts'
import { until } from '../support/until.ts'

describe('what an appliance sees in its vaults', () => {
  let root: string
  let home: string
  let test: TestAppliance
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-looks-'))
    home = join(root, 'home')
    await mkdir(home)
    await writeFile(join(home, 'file'), seededBytes('a look', 100_000))
    test = await startAppliance(root)
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const again = async (): Promise<void> => {
    await test[Symbol.asyncDispose]()
    test = await startAppliance(root)
  }
  const backUp = async (setId: string): Promise<void> => {
    const { id } = await test.appliance.operations.runs.backUp({ setId }, test.call)
    expect((await test.ended(id)).state).toBe('succeeded')
  }
  const points = async (): Promise<string[]> =>
    (await test.appliance.operations.points.list({ limit: 50 }, test.call)).items.map(({ id }) => id)
  const passwordOf = async (id: string): Promise<string> => {
    const { text } = await test.appliance.operations.vaults.exportKit(
      { id, password: 'correct horse battery', again: true },
      test.call,
    )
    return /^ *Password: *(\S+)$/m.exec(text)?.[1] ?? ''
  }
  const vaultOf = (id: string) => test.appliance.operations.vaults.get({ id }, test.call)
  const damageAlerts = async () =>
    (await test.appliance.operations.alerts.list({ limit: 50, phase: 'open' }, test.call)).items.filter(
      ({ kind }) => kind === 'damage-found',
    )
  /** Of packs the one with data: the one with trees is smaller, and read by every check. */
  const largestFile = async (folder: string): Promise<string> => {
    const entries = await readdir(join(root, 'vault', folder), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    const sizes = await Promise.all(files.map(async (path) => ({ path, size: (await stat(path)).size })))
    return sizes.toSorted((one, other) => other.size - one.size)[0]?.path ?? ''
  }

  it('keeps the point of a snapshot file that cannot be read, and tells of the damage until it is mended', async () => {
    const { set, vault } = await protectFolder(test, home)
    await backUp(set.id)
    await writeFile(join(home, 'file'), 'other')
    await backUp(set.id)
    const before = await points()
    expect(before).toHaveLength(2)

    const path = await largestFile('snapshots')
    const sound = await readFile(path)
    const flipped = Buffer.from(sound)
    flipped[40] = (flipped[40] ?? 0) ^ 1
    await writeFile(path, flipped, { mode: 0o600 })
    await again()
    await until(async () => (await vaultOf(vault.id)).state === 'damaged')
    expect(await points()).toEqual(before)
    expect((await vaultOf(vault.id)).problem).toMatch(/^1 snapshot file cannot be read/)
    await until(async () => (await damageAlerts()).length === 1)

    await writeFile(path, sound)
    await writeFile(join(home, 'file'), 'once more')
    await backUp(set.id)
    await until(async () => (await vaultOf(vault.id)).state === 'ready')
    expect((await vaultOf(vault.id)).problem).toBeNull()
    await until(async () => (await damageAlerts()).length === 0)
    expect(await points()).toHaveLength(3)

    // Gone is what is there no more.
    await rm(path)
    await again()
    await until(async () => (await points()).length === 2)
  })

  it('calls a vault damaged until a check finds nothing, and no longer', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    await backUp(set.id)
    const pack = await largestFile('data')
    await rename(pack, join(root, 'pack'))
    const check = async () => {
      const wanted = { vaultId: vault.id, kind: 'check', readData: false, confirm: false } as const
      return test.ended((await operations.runs.maintain(wanted, test.call)).id)
    }
    expect((await check()).state).toBe('failed')
    await until(async () => (await vaultOf(vault.id)).state === 'damaged')
    await until(async () => (await damageAlerts()).length === 1)

    await rename(join(root, 'pack'), pack)
    expect((await check()).state).toBe('succeeded')
    expect((await vaultOf(vault.id)).state).toBe('ready')
    await until(async () => (await damageAlerts()).length === 0)
  })

  it('keeps damage that was found by reading until a check that reads finds nothing, and says meanwhile that all is not well', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    await backUp(set.id)
    const check = async (readData: boolean) => {
      const wanted = { vaultId: vault.id, kind: 'check', readData, confirm: false } as const
      return test.ended((await operations.runs.maintain(wanted, test.call)).id)
    }
    const state = async () => (await operations.overview.get(undefined, test.call)).state
    await until(async () => (await state()) === 'protected')
    const pack = await largestFile('data')
    const sound = await readFile(pack)
    const harmed = Buffer.from(sound)
    harmed.fill(0, 10, 50)
    await chmod(pack, 0o600)
    await writeFile(pack, harmed)

    expect((await check(true)).state).toBe('failed')
    await until(async () => (await damageAlerts()).length === 1)
    expect(await state()).toBe('attention')
    // Nothing of it is to be seen without reading.
    expect((await check(false)).state).toBe('succeeded')
    expect((await vaultOf(vault.id)).state).toBe('damaged')
    const [alert] = await damageAlerts()
    expect(alert?.remedy).toContain('until a later check that reads all data finds nothing')
    expect(await state()).toBe('attention')

    await writeFile(pack, sound)
    expect((await check(true)).state).toBe('succeeded')
    expect((await vaultOf(vault.id)).state).toBe('ready')
    await until(async () => (await damageAlerts()).length === 0)
    await until(async () => (await state()) === 'protected')
  })

  it('calls a vault damaged of which a verification lost a file, until a check has read all of it', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    await backUp(set.id)
    const pack = await largestFile('data')
    const other = join(root, 'other-home')
    await mkdir(other)
    await writeFile(join(other, 'file'), seededBytes('another', 50_000))
    const { source, policy } = await operations.sets.get({ id: set.id }, test.call)
    const ids = { sourceId: source.id, vaultId: vault.id, policyId: policy.id }
    const second = await operations.sets.create(
      {
        name: 'second',
        ...ids,
        isEnabled: true,
        content: { excludes: [], excludeCaches: true, excludeLargerThan: null, oneFileSystem: false, roots: [other] },
      },
      test.call,
    )
    await backUp(second.id)
    const packs = await readdir(join(root, 'vault', 'data'), { recursive: true, withFileTypes: true })
    expect(packs.filter((entry) => entry.isFile()).length).toBeGreaterThan(1)
    await rename(pack, join(root, 'pack'))
    const maintain = async (wanted: { kind: 'check' | 'verify'; setId?: string; readData: boolean }) =>
      (
        await test.ended(
          (await operations.runs.maintain({ vaultId: vault.id, confirm: false, ...wanted }, test.call)).id,
        )
      ).state
    const verify = (setId: string) => maintain({ kind: 'verify', setId, readData: false })
    expect(await verify(set.id)).toBe('failed')
    await until(async () => (await damageAlerts()).length === 1)
    const [alert] = await damageAlerts()
    expect(alert?.message).toContain('A verification could not restore 1 file of a sample from vault "first".')
    expect(alert?.remedy).toMatch(/^Check the vault with all of its data/)
    expect((await vaultOf(vault.id)).state).toBe('damaged')
    // It is told once.
    expect((await operations.alerts.list({ limit: 50, phase: 'open' }, test.call)).items).not.toContainEqual(
      expect.objectContaining({ kind: 'run-failed' }),
    )

    // Neither that of another set nor a later one of the same, nor a check that reads no data, is proof of the contrary.
    expect(await verify(second.id)).toBe('succeeded')
    await rename(join(root, 'pack'), pack)
    expect(await verify(set.id)).toBe('succeeded')
    expect(await maintain({ kind: 'check', readData: false })).toBe('succeeded')
    await sleep(500)
    expect(await damageAlerts()).toHaveLength(1)
    expect((await vaultOf(vault.id)).state).toBe('damaged')
    expect(await maintain({ kind: 'check', readData: true })).toBe('succeeded')
    await until(async () => (await damageAlerts()).length === 0)
    expect((await vaultOf(vault.id)).state).toBe('ready')
  })

  it('tells of a restore that lost a file until the same is restored, and that what is protected is protected still', async () => {
    const { operations } = test.appliance
    const { set } = await protectFolder(test, home)
    await backUp(set.id)
    const [pointId = ''] = await points()
    const pack = await largestFile('data')
    const target = join(root, 'back')
    const restore = async (path: string) => {
      const wanted = { pointId, paths: ['/'], overwrite: 'always' as const, verify: true }
      return (
        await test.ended(
          (await operations.restores.start({ ...wanted, target: { kind: 'folder', path } }, test.call)).id,
        )
      ).state
    }
    const told = async () =>
      (await operations.alerts.list({ limit: 50, phase: 'open' }, test.call)).items.filter(({ kind }) =>
        kind.startsWith('restore-'),
      )
    await rename(pack, join(root, 'pack'))
    expect(['failed', 'warning']).toContain(await restore(target))
    await until(async () => (await told()).length === 1)
    const [alert] = await told()
    expect(alert?.object).toMatchObject({ type: 'run', name: 'home' })
    expect(alert?.message).toContain(`Restore of "home" to "${target}"`)
    await rename(join(root, 'pack'), pack)
    expect(await restore(join(root, 'elsewhere'))).toBe('succeeded')
    await sleep(500)
    expect(await told()).toHaveLength(1)
    expect((await operations.overview.get(undefined, test.call)).state).toBe('protected')
    expect(await restore(target)).toBe('succeeded')
    await until(async () => (await told()).length === 0)
  })

  it('lists a further snapshot that names a run as a point of that run and its set, and says so in the log', async () => {
    const { set, vault } = await protectFolder(test, home)
    const run = await test.ended((await test.appliance.operations.runs.backUp({ setId: set.id }, test.call)).id)
    const first = await points()
    const passwordFile = join(root, 'password')
    await writeFile(passwordFile, await passwordOf(vault.id), { mode: 0o600 })
    const tags = [`holdfast-run:${run.id}`, `holdfast-set:${set.id}`].flatMap((tag) => ['--tag', tag])
    const restic = ['-r', join(root, 'vault'), '-p', passwordFile, '--no-cache', 'backup', '--force', ...tags, home]
    expect(spawnSync('restic', restic).status).toBe(0)
    await again()
    await until(async () => (await points()).length === 2)

    const { operations } = test.appliance
    const { items } = await operations.points.list({ limit: 50, setId: set.id }, test.call)
    expect(items.map(({ runId }) => runId)).toEqual([run.id, run.id])
    const extra = items.find(({ id }) => !first.includes(id))
    const warnings = async (): Promise<unknown[]> =>
      (await test.appliance.operations.runs.events({ id: run.id, limit: 50 }, test.call)).items.filter(
        ({ level }) => level === 'warning',
      )
    expect(await warnings()).toMatchObject([{ code: 'further-point', object: extra?.snapshotId }])
    // The run tells of its own point still, and says it once.
    const { result } = await operations.runs.get({ id: run.id }, test.call)
    expect(first).toEqual([result?.pointId])
    await again()
    await until(async () => (await vaultOf(vault.id)).state === 'ready')
    await backUp(set.id)
    expect(await warnings()).toHaveLength(1)
  })

  it('tells once of all points that a vault brings along, and has none of them any more when it is detached', async () => {
    const { set, vault } = await protectFolder(test, home)
    for (const text of ['one', 'two', 'three']) {
      await writeFile(join(home, 'file'), text)
      await backUp(set.id)
    }
    const password = await passwordOf(vault.id)
    await using other = await startAppliance(join(root, 'other'))
    const { operations } = other.appliance
    const stop = new AbortController()
    const told: LiveEvent[] = []
    const events = await operations.events.watch(undefined, { ...other.call, signal: stop.signal })
    const watching = (async () => {
      for await (const event of events) told.push(event)
    })().catch(() => undefined)
    const location = { kind: 'directory', path: join(root, 'vault') } as const
    await operations.vaults.create({ name: 'brought along', location, password }, other.call)
    expect((await operations.points.list({ limit: 50 }, other.call)).items).toHaveLength(3)
    stop.abort()
    await watching
    expect(told.filter((event) => event.type === 'changed' && event.kind === 'point')).toHaveLength(1)
  })
})
