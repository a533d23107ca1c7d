import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { sleep, systemClock } from '../../core/base/index.ts'
import type { Cache, Run } from '../../core/contract/index.ts'
import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const run = promisify(execFile)

/** Always open, at so many bytes a second. */
const ALWAYS = (bytesPerSecond: number) => [
  { weekdays: [1, 2, 3, 4, 5, 6, 7], start: '00:00', minutes: 1440, bytesPerSecond },
]

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}

/** Turns a bit in the middle of the largest pack. */
async function spoil(data: string): Promise<void> {
  const names = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const packs = await Promise.all(
    names.map(async ({ parentPath, name }) => ({
      path: join(parentPath, name),
      body: await readFile(join(parentPath, name)),
    })),
  )
  const [largest] = packs.toSorted((a, b) => b.body.length - a.body.length)
  if (!largest) throw new Error('there is no pack')
  const at = Math.floor(largest.body.length / 2)
  largest.body[at] = (largest.body[at] ?? 0) ^ 1
  await chmod(largest.path, 0o600)
  await writeFile(largest.path, largest.body)
}

/** Megabytes, which `toEqual` would compare byte by byte. */
async function isSame(one: string, other: string): Promise<boolean> {
  return (await readFile(one)).equals(await readFile(other))
}

describeWith(['restic'], 'a vault with a cache', () => {
  let root: string
  let test: TestAppliance
  let vaultId: string
  let setId: string
  /** How far the appliance's clock is ahead. Milliseconds. */
  let ahead: number
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-vault-cache-'))
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home/letter'), randomBytes(3_000_000))
    ahead = 0
    test = await startAppliance(root, { clock: { ...systemClock, now: () => systemClock.now() + ahead } })
    const { vault, set } = await protectFolder(test, join(root, 'home'))
    vaultId = vault.id
    setId = set.id
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const caches = () => test.appliance.operations.caches
  const cache = (): Promise<Cache> => caches().get({ vaultId }, test.call)
  const ended = async (begun: Promise<Run>): Promise<Run> => test.ended((await begun).id)
  const backUp = () => ended(test.appliance.operations.runs.backUp({ setId }, test.call))
  const sync = (isLimited = false) => ended(caches().sync({ vaultId, isLimited }, test.call))
  const snapshotsIn = async (folder: string): Promise<number> => (await readdir(join(root, folder, 'snapshots'))).length

  async function attach(settings: Partial<Cache['settings']> = {}): Promise<void> {
    await caches().attach({ vaultId, folder: join(root, 'cache'), ...settings }, test.call)
    await until(async () => (await cache()).state !== 'building')
  }

  async function runsOf(kind: Run['kind']): Promise<Run[]> {
    return (await test.appliance.operations.runs.list({ kind, limit: 10 }, test.call)).items
  }

  async function openAlerts(): Promise<string[]> {
    const { items } = await test.appliance.operations.alerts.list({ phase: 'open', limit: 10 }, test.call)
    return items.map(({ kind }) => kind)
  }

  /** Whether all of a backup is in the cloud: more than config and key. */
  async function isSent(): Promise<boolean> {
    const { held } = await cache()
    return (
      held !== null && held.local.files + held.uploading.files + held.uploaded.files === 0 && held.verified.files > 2
    )
  }

  /** CC-7: the next look, which is ten minutes after the last. */
  async function nextLook(): Promise<void> {
    ahead += 11 * 60_000
    await caches().update({ vaultId }, test.call)
  }

  async function restic(folder: string, ...args: string[]): Promise<string> {
    const kit = await test.appliance.operations.vaults.exportKit(
      { id: vaultId, password: ADMIN_PASSWORD, again: true },
      test.call,
    )
    const RESTIC_PASSWORD = /^Password: *(\S+)$/m.exec(kit.text)?.[1]
    return (
      await run('restic', ['-r', join(root, folder), '--no-lock', ...args], {
        env: { ...process.env, RESTIC_PASSWORD },
      })
    ).stdout
  }

  it('takes backups locally, and nothing is sent before somebody has said when and how fast (CC-4)', async () => {
    await backUp()
    await attach()
    expect(await cache()).toMatchObject({ state: 'incomplete', missing: ['schedule', 'bandwidth'] })
    await writeFile(join(root, 'home/second'), randomBytes(1_000_000))
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    // What is held is counted again a while later: a twentieth of all time goes into counting at most.
    await until(async () => ((await cache()).held?.local.files ?? 0) > 0)
    expect(await cache()).toMatchObject({ state: 'incomplete' })
    expect(await snapshotsIn('vault')).toBe(1)
  })

  it('sends by itself while a window is open, and restic restores from the cloud (CC-3)', async () => {
    await attach({ windows: ALWAYS(100_000_000) })
    await backUp()
    await nextLook()
    await until(isSent)
    expect(await snapshotsIn('vault')).toBe(1)
    expect(await restic('vault', 'check', '--read-data')).toContain('no errors')
    await restic('vault', 'restore', 'latest', '--target', join(root, 'restored'))
    expect(await isSame(join(root, 'restored', root, 'home/letter'), join(root, 'home/letter'))).toBe(true)
  })

  it('sends when somebody says so, and not while it is paused', async () => {
    await attach()
    await backUp()
    await caches().pause({ vaultId, until: null }, test.call)
    await caches().update({ vaultId, windows: ALWAYS(100_000_000) }, test.call)
    expect(await cache()).toMatchObject({ state: 'paused', pausedBy: 'admin', offSiteAt: null })
    const synced = await sync()
    expect(synced).toMatchObject({ state: 'succeeded', cause: { code: 'synced' } })
    expect(synced.result?.bytesSent).toBeGreaterThan(3_000_000)
    expect(await snapshotsIn('vault')).toBe(1)
    expect(await caches().resume({ vaultId }, test.call)).toMatchObject({ state: 'ready', pausedAt: null })
  })

  it('stops sending where it is paused meanwhile, and says what waits', async () => {
    await attach({ windows: ALWAYS(100_000) })
    await until(async () => (await cache()).syncedAt !== null)
    await caches().pause({ vaultId, until: null }, test.call)
    await backUp()
    await caches().resume({ vaultId }, test.call)
    await nextLook()
    await until(async () => (await cache()).state === 'syncing')
    await caches().pause({ vaultId, until: null }, test.call)
    await until(async () => (await cache()).sync === null)
    const [last] = (await test.appliance.operations.runs.list({ kind: 'sync', limit: 1 }, test.call)).items
    expect(last).toMatchObject({ state: 'succeeded', cause: { code: 'window-closed' } })
    expect((await cache()).held?.local.files).toBeGreaterThan(0)
  })

  it('is restored from while the cache is away, where the cloud has all of it (CC-13)', async () => {
    await attach({ windows: ALWAYS(100_000_000) })
    await backUp()
    await nextLook()
    await until(isSent)
    const [point] = (await test.appliance.operations.points.list({ setId, limit: 1 }, test.call)).items
    if (!point) throw new Error('there is no point')
    // The catalog remembers it for when the cache is away: it is asked after the sync has ended.
    await until(async () => {
      const { restorableFrom } = await test.appliance.operations.points.get({ id: point.id }, test.call)
      return restorableFrom?.isOffSite === true && restorableFrom.offSiteAt !== null
    })
    await rename(join(root, 'cache'), join(root, 'away'))
    expect(await cache()).toMatchObject({ state: 'unusable', held: null })
    expect(await test.appliance.metrics()).toMatch(/^holdfast_cache_usable\{vault="first"\} 0$/m)
    const restored = await ended(
      test.appliance.operations.restores.start(
        {
          pointId: point.id,
          paths: [join(root, 'home')],
          target: { kind: 'folder', path: join(root, 'restored') },
          overwrite: 'always',
          verify: true,
        },
        test.call,
      ),
    )
    expect(restored).toMatchObject({ state: 'warning', cause: { code: 'cache-bypassed' } })
    expect(await isSame(join(root, 'restored', root, 'home/letter'), join(root, 'home/letter'))).toBe(true)
  })

  it('backs up directly to the cloud while the cache is away, and says so (CC-12)', async () => {
    await attach()
    await backUp()
    const [point] = (await test.appliance.operations.points.list({ setId, limit: 1 }, test.call)).items
    await rename(join(root, 'cache'), join(root, 'away'))
    // CC-14: what only the cache has is refused before it begins.
    const request = {
      pointId: point?.id ?? '',
      paths: [join(root, 'home')],
      overwrite: 'always' as const,
      verify: true,
    }
    const target = { kind: 'folder', path: join(root, 'restored') } as const
    await expect(test.appliance.operations.restores.start({ ...request, target }, test.call)).rejects.toMatchObject({
      code: 'cache/unusable',
    })
    const bypassed = await backUp()
    await until(async () => (await openAlerts()).includes('cache-unusable'))
    expect(bypassed).toMatchObject({ state: 'warning', cause: { code: 'cache-bypassed' } })
    // What only the cache has was stored once more: the point needs nothing of it.
    expect(await snapshotsIn('vault')).toBe(1)
    expect(await restic('vault', 'check', '--read-data')).toContain('no errors')
    await restic('vault', 'restore', 'latest', '--target', join(root, 'restored'))
    expect(await isSame(join(root, 'restored', root, 'home/letter'), join(root, 'home/letter'))).toBe(true)
    // Back again it hears of that, and no point is taken for gone meanwhile.
    await rename(join(root, 'away'), join(root, 'cache'))
    await caches().update({ vaultId }, test.call)
    await until(async () => (await runsOf('cache-build')).filter(({ state }) => state === 'succeeded').length === 2)
    expect(await sync()).toMatchObject({ state: 'succeeded', cause: { code: 'synced' } })
    expect(await snapshotsIn('vault')).toBe(2)
    expect(await restic('vault', 'check', '--read-data')).toContain('no errors')
    const { items: points } = await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)
    expect(points.length).toBe(2)
  })

  it('heals what a disk has spoilt, by the cloud, and says so', async () => {
    await attach()
    await backUp()
    await sync()
    const [point] = (await test.appliance.operations.points.list({ setId, limit: 1 }, test.call)).items
    if (!point) throw new Error('there is no point')
    await spoil(join(root, 'cache/files/data'))
    const request = { pointId: point.id, paths: [join(root, 'home')], overwrite: 'always' as const, verify: true }
    const target = { kind: 'folder', path: join(root, 'restored') } as const
    expect(await ended(test.appliance.operations.restores.start({ ...request, target }, test.call))).toMatchObject({
      state: 'succeeded',
    })
    expect(await isSame(join(root, 'restored', root, 'home/letter'), join(root, 'home/letter'))).toBe(true)
    await until(async () => (await openAlerts()).includes('cache-damaged'))
    expect(await restic('cache/files', 'check', '--read-data')).toContain('no errors')
  })

  it('makes room for new backups by what the cloud has and no hot point needs, and restores all the same (CC-10, CC-15)', async () => {
    // One percent of it is less than two such files, and more than one.
    await attach({ hotDays: 0, lowMark: 1, highMark: 2, capacityBytes: 1024 ** 3 })
    await writeFile(join(root, 'home/letter'), randomBytes(9_000_000))
    await backUp()
    await writeFile(join(root, 'home/letter'), randomBytes(9_000_000))
    await backUp()
    await sync()
    const preview = () => caches().evictionPreview({ vaultId }, test.call)
    // After each sync somebody looks what points need: nothing is said of what would go before.
    await until(async () => (await preview()).unlookedPoints === 0)
    const expected = await preview()
    expect(expected).toMatchObject({ touchedPoints: 1, shortBytes: 0, points: [{ set: { name: 'home' } }] })
    // What its set keeps hot for longer stays, whatever the cache says of others.
    await test.appliance.operations.sets.update({ id: setId, hotDays: 30 }, test.call)
    expect(await preview()).toMatchObject({ files: 0, touchedPoints: 0 })
    expect((await preview()).shortBytes).toBeGreaterThan(0)
    await test.appliance.operations.sets.update({ id: setId, hotDays: null }, test.call)
    expect(await ended(caches().evict({ vaultId }, test.call))).toMatchObject({
      state: 'succeeded',
      result: { packsEvicted: expected.files, bytesEvicted: expected.bytes },
    })
    expect((await cache()).held?.evicted.bytes).toBe(expected.bytes)
    expect(expected.bytes).toBeGreaterThan(7_000_000)
    const { items: points } = await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)
    expect(points.map(({ restorableFrom }) => restorableFrom?.from)).toEqual(['both', 'cloud'])
    expect(points[1]?.restorableFrom?.bytesInCloudOnly).toBeGreaterThan(7_000_000)
    expect(points.map(({ temperature }) => temperature)).toEqual(['hot', 'warm'])
    const target = { kind: 'folder', path: join(root, 'restored') } as const
    const request = { pointId: points[1]?.id ?? '', paths: [join(root, 'home')], overwrite: 'always' as const }
    expect(
      await ended(test.appliance.operations.restores.start({ ...request, target, verify: true }, test.call)),
    ).toMatchObject({ state: 'succeeded' })
  })

  it('says what would be lost if this burnt down now, and when it will not (CC-14)', async () => {
    await attach()
    await backUp()
    await sync()
    await writeFile(join(root, 'home/second'), randomBytes(1_000_000))
    await backUp()
    const { items: points } = await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)
    expect(points[0]?.restorableFrom).toMatchObject({ from: 'cache', offSiteAt: null })
    expect(points[1]?.restorableFrom).toMatchObject({ from: 'both' })
    // A folder of this computer burns with it, whatever is in front of it.
    expect(await test.appliance.operations.overview.burntDown(undefined, test.call)).toMatchObject({
      items: [{ offSiteAt: null, gapSeconds: null, pointsLost: 2 }],
    })
    await caches().update({ vaultId, windows: ALWAYS(1_000_000) }, test.call)
    const [waiting] = (await test.appliance.operations.points.list({ setId, limit: 1 }, test.call)).items
    expect(waiting?.restorableFrom?.offSiteAt).not.toBeNull()
  })

  it('is given up where its disk is lost, and points that only it had are gone', async () => {
    await attach()
    await backUp()
    await sync()
    await writeFile(join(root, 'home/second'), randomBytes(1_000_000))
    await backUp()
    await expect(caches().detach({ vaultId, isLost: true }, test.call)).rejects.toMatchObject({
      code: 'object/conflict',
    })
    await rm(join(root, 'cache'), { recursive: true })
    await ended(caches().detach({ vaultId, isLost: true }, test.call))
    expect((await caches().list(undefined, test.call)).items).toEqual([])
    const points = async () => (await test.appliance.operations.points.list({ setId, limit: 10 }, test.call)).items
    await until(async () => (await points()).length === 1)
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    expect(await restic('vault', 'check', '--read-data')).toContain('no errors')
  })

  it('is taken away in steps, and the vault goes on without it', async () => {
    await attach()
    await backUp()
    await ended(caches().detach({ vaultId, isLost: false }, test.call))
    await until(async () => (await caches().list({}, test.call)).items.length === 0)
    expect(await readdir(root)).not.toContain('cache')
    expect(await restic('vault', 'check', '--read-data')).toContain('no errors')
    expect(await snapshotsIn('vault')).toBe(1)
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    expect(await snapshotsIn('vault')).toBe(2)
  })
})
