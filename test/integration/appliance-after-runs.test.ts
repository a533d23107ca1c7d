import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sleep } from '../../core/base/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { seededBytes } from '../support/seeded-chance.ts'

describe('what an appliance knows after its runs', () => {
  let root: string
  let home: string
  let test: TestAppliance
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-after-runs-'))
    home = join(root, 'home')
    await mkdir(home)
    await writeFile(join(home, 'letter.txt'), Buffer.alloc(200_000, 'Dear Sirs, '))
    test = await startAppliance(root)
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  it('lists all that a run missed in a file of the run, and says where it is (FS-18)', async () => {
    const { operations } = test.appliance
    const { set } = await protectFolder(test, home)
    // The memory of another process: nobody reads that.
    const roots = [home, '/proc/1/mem', '/proc/1/task/1/mem']
    const content = { roots, excludes: [], excludeCaches: true, excludeLargerThan: null, oneFileSystem: false }
    await operations.sets.update({ id: set.id, content }, test.call)
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    expect(run).toMatchObject({ state: 'warning', cause: { code: 'files-missed' }, result: { filesMissed: 2 } })

    const { items } = await operations.runs.events({ id: run.id, limit: 100 }, test.call)
    const logs = join(root, 'appliance', 'logs', 'missed')
    const path = join(logs, set.id, `Holdfast-${run.id}-MissedFiles.log`)
    expect(items.find(({ code }) => code === 'missed-log')?.object).toBe(path)
    const [head, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(head).toContain(`2 missed in run ${run.id}`)
    expect(lines.map((line) => line.split('\t')[2])).toEqual(['/proc/1/mem', '/proc/1/task/1/mem'])
  })

  it('says what a vault holds and has free right after a run, as near as figures of runs are', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    const stored = async (): Promise<number> => {
      const { bytesStored } = await operations.vaults.get({ id: vault.id }, test.call)
      return bytesStored ?? -1
    }
    expect(await stored()).toBe(0)
    await writeFile(join(home, 'random'), seededBytes('space', 3_000_000))
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    const before = await stored()
    expect(before).toBeGreaterThan(3_000_000)
    expect(before).toBeLessThan(3_100_000)

    const { items: points } = await operations.points.list({ limit: 50, setId: set.id }, test.call)
    for (const { id } of points) await test.ended((await operations.points.forget({ id }, test.call)).runId)
    await operations.settings.update({ pruneGraceHours: 0 }, test.call)
    const wanted = { vaultId: vault.id, kind: 'prune', readData: false, confirm: true } as const
    const pruned = await test.ended((await operations.runs.maintain(wanted, test.call)).id)
    expect(pruned).toMatchObject({ state: 'succeeded' })
    expect(await stored()).toBeLessThan(100_000)
  })

  it('says of a vault whose disk is away that it cannot be reached, as soon as a run finds that', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    await rename(join(root, 'vault'), join(root, 'away'))
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    expect(run).toMatchObject({ state: 'failed' })
    expect(run.remedy).toMatch(/^Check the path, and that what it lies on is mounted/)
    const state = async () => (await operations.vaults.get({ id: vault.id }, test.call)).state
    while ((await state()) !== 'unreachable') await sleep(20)
    const alerts = async () => (await operations.alerts.list({ limit: 50, phase: 'open' }, test.call)).items
    while (!(await alerts()).some(({ kind }) => kind === 'vault-unreachable')) await sleep(20)
    await rename(join(root, 'away'), join(root, 'vault'))
    expect(await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)).toMatchObject({
      state: 'succeeded',
    })
    while ((await state()) !== 'ready') await sleep(20)
  })

  it('restores a single file that is there already to its place', async () => {
    const { operations } = test.appliance
    const { set } = await protectFolder(test, home)
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    const pointId = (await operations.points.list({ limit: 1 }, test.call)).items[0]?.id ?? ''
    await writeFile(join(home, 'letter.txt'), 'spoilt')
    const wanted = { pointId, target: { kind: 'original' }, overwrite: 'if-changed', verify: true } as const
    const asked = { ...wanted, paths: [join(home, 'letter.txt')] }
    const roots = { sourceRoots: [home], restoreRoots: [home] }
    const restorer = test.as({ ...roots, role: 'restore-only', access: ['view', 'browse', 'restore'] })
    expect(await operations.restores.plan(asked, restorer)).toMatchObject({ files: 1, existing: 1 })
    await test.ended((await operations.restores.start(asked, restorer)).id)
    expect(await readFile(join(home, 'letter.txt'), 'utf8')).toContain('Dear Sirs, ')
  })

  it('stores its catalog after a run, and then no more: that it did is nothing new', async () => {
    await test[Symbol.asyncDispose]()
    test = await startAppliance(join(root, 'gathering'), { changesGathered: 20 })
    const { operations } = test.appliance
    const { set } = await protectFolder(test, home)
    const copies = async () =>
      (await operations.runs.list({ limit: 100, kind: 'catalog-backup' }, test.call)).items.filter(
        ({ endedAt }) => endedAt,
      )
    const isIdle = async () => (await operations.runs.list({ limit: 1, phase: 'active' }, test.call)).items.length === 0
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    while ((await copies()).length === 0 || !(await isIdle())) await sleep(20)
    // Fifty times as long as changes are gathered: the one that the backup itself is due may come, and none that it makes due.
    await sleep(1000)
    while (!(await isIdle())) await sleep(20)
    const before = (await copies()).length
    await sleep(2000)
    expect((await copies()).length).toBe(before)
    expect(await isIdle()).toBe(true)
  })
})
