import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { systemClock } from '../../core/base/index.ts'
import type { Run } from '../../core/contract/index.ts'
import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
const DAY = 24 * 60 * 60 * 1000

describeWith(['restic'], 'the cloud behind a cache is held against its journal', () => {
  let root: string
  let test: TestAppliance
  let vaultId: string
  let setId: string
  let ahead: number
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-cache-audit-'))
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home/letter'), randomBytes(3_000_000))
    ahead = 0
    test = await startAppliance(root, { clock: { ...systemClock, now: () => systemClock.now() + ahead } })
    const { vault, set } = await protectFolder(test, join(root, 'home'))
    vaultId = vault.id
    setId = set.id
    await caches().attach({ vaultId, folder: join(root, 'cache') }, test.call)
    await until(async () => (await caches().get({ vaultId }, test.call)).state !== 'building')
    await backUp()
    await ended(caches().sync({ vaultId, isLimited: false }, test.call))
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const caches = () => test.appliance.operations.caches
  const ended = async (begun: Promise<Run>): Promise<Run> => test.ended((await begun).id)
  const backUp = () => ended(test.appliance.operations.runs.backUp({ setId }, test.call))
  const audit = () => ended(caches().audit({ vaultId }, test.call))
  const runsOf = async (kind: Run['kind']): Promise<Run[]> =>
    (await test.appliance.operations.runs.list({ kind, limit: 10 }, test.call)).items
  const logOf = async ({ id }: Run) => (await test.appliance.operations.runs.events({ id, limit: 50 }, test.call)).items

  async function restic(...args: string[]): Promise<string> {
    const asked = { id: vaultId, password: ADMIN_PASSWORD, again: true }
    const { text } = await test.appliance.operations.vaults.exportKit(asked, test.call)
    const RESTIC_PASSWORD = /^Password: *(\S+)$/m.exec(text)?.[1]
    const env = { ...process.env, RESTIC_PASSWORD }
    return (await run('restic', ['-r', join(root, 'vault'), '--no-lock', '--no-cache', ...args], { env })).stdout
  }

  /** The packs of a folder, the largest first. */
  async function packsIn(folder: string): Promise<string[]> {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    const sizes = new Map(await Promise.all(paths.map(async (path) => [path, (await stat(path)).size] as const)))
    return paths.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))
  }

  it('once a day, by itself', async () => {
    expect(await runsOf('cache-audit')).toEqual([])
    ahead += DAY + 1000
    await caches().update({ vaultId }, test.call)
    await until(async () => (await runsOf('cache-audit'))[0]?.endedAt != null)
    expect(await runsOf('cache-audit')).toMatchObject([{ state: 'succeeded', cause: { code: 'cloud-agrees' } }])
    await caches().update({ vaultId }, test.call)
    expect(await runsOf('cache-audit')).toHaveLength(1)
  })

  it('and what the cache has goes up again', async () => {
    const [largest] = await packsIn('vault/data')
    await rm(largest ?? '')
    const audited = await audit()
    expect(audited).toMatchObject({ state: 'warning', cause: { code: 'cloud-healing' } })
    const { items } = await test.appliance.operations.points.list({ limit: 10 }, test.call)
    expect(items).toMatchObject([{ restorableFrom: { from: 'cache', isOffSite: false } }])
    expect(await ended(caches().sync({ vaultId, isLimited: false }, test.call))).toMatchObject({ state: 'succeeded' })
    expect(await restic('check', '--read-data')).toContain('no errors')
    expect(await audit()).toMatchObject({ state: 'succeeded' })
  })

  it('and what nobody has leaves the index before the next backup, which stores it again; who needs it is named', async () => {
    // One percent of it is less than the letters.
    const room = { hotDays: 0, lowMark: 1, highMark: 2, capacityBytes: 1024 ** 3 }
    await writeFile(join(root, 'home/letter'), randomBytes(9_000_000))
    await backUp()
    await writeFile(join(root, 'home/letter'), randomBytes(9_000_000))
    await backUp()
    await ended(caches().sync({ vaultId, isLimited: false }, test.call))
    await caches().update({ vaultId, ...room }, test.call)
    await ended(caches().evict({ vaultId }, test.call))
    const held = new Set((await packsIn('cache/files/data')).map((path) => path.slice(-64)))
    const evicted = (await packsIn('vault/data')).find((path) => !held.has(path.slice(-64)))
    await rm(evicted ?? '')
    const audited = await audit()
    expect(audited).toMatchObject({ state: 'failed', cause: { code: 'cloud-lost' } })
    const log = await logOf(audited)
    const [, point] = (await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)).items
    expect(log.filter(({ code }) => code === 'point-lost').map(({ object }) => object)).toEqual([point?.snapshotId])
    expect(log.some(({ code }) => code === 'index-mended')).toBe(true)
    await until(async () => {
      const { items } = await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)
      return items[1]?.restorableFrom?.from === 'neither'
    })
    await until(async () => {
      const { items } = await test.appliance.operations.alerts.list({ phase: 'open', limit: 10 }, test.call)
      return items.some(({ kind, message }) => kind === 'run-failed' && message.startsWith('Look at the cloud'))
    })
    // Nothing in the source has changed: what it reads is stored again all the same, as nothing refers to what is gone.
    await writeFile(join(root, 'home/again'), 'touched')
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    expect(await ended(caches().sync({ vaultId, isLimited: false }, test.call))).toMatchObject({ state: 'succeeded' })
    // The point that was hurt stays so; the indexes name nothing that is not there, and what is new can be restored.
    const check = await restic('check').catch((error: { stderr: string }) => error.stderr)
    expect(check).not.toContain(evicted?.slice(-64))
    await restic('restore', 'latest', '--target', join(root, 'restored'))
    const letter = await readFile(join(root, 'restored', root, 'home/letter'))
    expect(letter.equals(await readFile(join(root, 'home/letter')))).toBe(true)
  })
})
