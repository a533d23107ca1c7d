import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { beforeEach, expect, onTestFinished, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import {
  executeEviction,
  openCacheStorage,
  openJournal,
  planEviction,
  readPackUses,
  readPointPlaces,
  syncCache,
} from '../../core/cloud-cache/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { loadSnapshots } from '../../core/snapshot/index.ts'
import { changeStorage, openDirectoryStorage, type Storage } from '../../core/storage/index.ts'
import { learnNeeds } from '../../core/vault/index.ts'
import { listAll, randomBody } from '../conformance/fixture.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { checkRepository } from '../support/check-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { pruneAt } from '../support/prune.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { backUpFolder } from '../support/small-repository.ts'

const KINDS = ['config', 'key', 'pack', 'index', 'snapshot'] as const
const PASSWORD = 'points'
const MIB = 1024 * 1024
const BROKEN = new CoreError('storage/unreachable', 'the connection broke', { retryable: true })

const restic = (repository: string, ...args: string[]) =>
  promisify(execFile)('restic', [...args, '--no-cache', '-r', repository], {
    env: { ...process.env, RESTIC_PASSWORD: PASSWORD },
  })

async function bring(from: Storage, to: Storage): Promise<void> {
  for (const kind of KINDS)
    for (const { name } of await listAll(from, kind)) await to.save({ kind, name }, await from.load({ kind, name }))
}

describeWith(['restic'], 'where recovery points can be restored from', () => {
  let root: string
  let source: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-points-'))
    source = join(root, 'source')
    mkdirSync(source)
    onTestFinished(() => rm(root, { recursive: true, force: true }))
  })

  const change = (...names: readonly string[]): Promise<unknown> =>
    Promise.all(names.map((name) => writeFile(join(source, name), randomBody(1.5 * MIB))))

  /** A cache over two folders, with two backups by restic. */
  async function openScene() {
    const made = join(root, 'made')
    await restic(made, 'init', '--repository-version', '2')
    await cheapenKey(made, PASSWORD)
    const seen = new Map<string, string>()
    /** Keeps what was backed up, to compare with what is restored. */
    const keep = async (snapshot: string): Promise<void> => {
      const copy = join(root, `seen-${snapshot}`)
      await cp(source, copy, { recursive: true })
      seen.set(snapshot, copy)
    }
    const byRestic = async (): Promise<void> => {
      const { stdout } = await restic(made, 'backup', '--json', '--pack-size', '4', source)
      const { snapshot_id: short } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { snapshot_id: string }
      await keep(readdirSync(join(made, 'snapshots')).find((name) => name.startsWith(short)) ?? '')
    }
    await change('a', 'b', 'c', 'd', 'e', 'f')
    await byRestic()
    await change('b', 'c')
    await byRestic()

    mkdirSync(join(root, 'cache'))
    const [localPath, cloudPath] = [join(root, 'cache/files'), join(root, 'cloud')]
    const [local, cloud] = [openDirectoryStorage(localPath), openDirectoryStorage(cloudPath)]
    await cloud.prepare()
    const journal = openJournal(join(root, 'cache'))
    onTestFinished(() => journal.close())
    const cache = openCacheStorage({ journal, local, cloud })
    await cache.prepare()
    await bring(openDirectoryStorage(made), cache)
    const repository = await openRepository(cache, Buffer.from(PASSWORD))

    const snapshotsOf = () => loadSnapshots(repository, {})
    const learn = async () => learnNeeds(repository, await snapshotsOf(), journal, { workers: 2 })

    /** Whether stock restic restores a snapshot whole from a folder alone. */
    async function restores(from: string, snapshot: string): Promise<boolean> {
      const target = await mkdtemp(join(root, 'restored-'))
      try {
        await restic(from, 'restore', snapshot, '--no-lock', '--target', target)
        execFileSync('diff', ['-r', seen.get(snapshot) ?? '', join(target, source)])
        return true
      } catch {
        return false
      } finally {
        await rm(target, { recursive: true })
      }
    }

    /** Compares what is said of each point with what comes of restoring it. Returns what is said, in the order of backups. */
    async function prove(): Promise<string[]> {
      await learn()
      const places = readPointPlaces(journal)
      const told: string[] = []
      const ids = new Set((await snapshotsOf()).map(({ id }) => id))
      for (const snapshot of [...seen.keys()].filter((each) => ids.has(each))) {
        const said = {
          from: places.of(snapshot)?.from,
          cache: places.of(snapshot, { cache: true, cloud: false })?.from,
          cloud: places.of(snapshot, { cache: false, cloud: true })?.from,
          isOffSite: places.of(snapshot)?.isOffSite,
        }
        const fromCache = await restores(localPath, snapshot)
        const fromCloud = await restores(cloudPath, snapshot)
        expect({ ...said, from: undefined }).toEqual({
          from: undefined,
          cache: fromCache ? 'cache' : 'neither',
          cloud: fromCloud ? 'cloud' : 'neither',
          isOffSite: fromCloud,
        })
        const expected = fromCache ? (fromCloud ? 'both' : 'cache') : fromCloud ? 'cloud' : 'mixed'
        expect(said.from).toBe(expected)
        // With both tiers it can be restored, by us.
        const { lost, files } = await restoreRepository(repository, snapshot, root)
        expect([lost.size, files.size]).toEqual([0, 6])
        // Where one of the two is not enough the packs are named, and they are those that it has not got.
        for (const [reach, tier, isEnough] of [
          [{ cache: true, cloud: false }, local, fromCache],
          [{ cache: false, cloud: true }, cloud, fromCloud],
        ] as const) {
          const lacking = places.lacking(snapshot, reach, 100)
          const there = new Set((await listAll(tier, 'pack')).map(({ name }) => name))
          expect(lacking.filter((name) => there.has(name))).toEqual([])
          if (isEnough) expect(lacking).toEqual([])
        }
        told.push(said.from ?? 'unknown')
      }
      return told
    }

    /** Evicts down to so many bytes, but for what these points need. */
    async function evictTo(bytes: number, hot: readonly string[] = []) {
      await learn()
      const points = (await snapshotsOf()).map(({ id, time }) => ({
        snapshot: id,
        completed: Number(time.ns / 1_000_000n),
        isHot: hot.includes(id),
      }))
      const plan = planEviction(journal, {
        capacity: bytes,
        highMark: 100,
        lowMark: 100,
        ...readPackUses(journal, points),
      })
      return { plan, done: await executeEviction(plan, { journal, local }) }
    }

    const sync = (to: Storage = cloud) => syncCache({ journal, local, cloud: to })
    /** A sync whose connection breaks after so many files. */
    async function breakAfter(files: number): Promise<void> {
      let saved = 0
      const breaking = changeStorage(cloud, {
        save: async (handle, body, options) => {
          if (saved++ >= files) throw BROKEN
          await cloud.save(handle, body, options)
        },
      })
      await expect(sync(breaking)).rejects.toBe(BROKEN)
    }
    const backUp = async (): Promise<string> => {
      const snapshot = await backUpFolder(repository, source)
      await keep(snapshot)
      return snapshot
    }
    const [first = ''] = seen.keys()
    return {
      repository,
      journal,
      local,
      cloud,
      cache,
      first,
      prove,
      evictTo,
      sync,
      breakAfter,
      backUp,
      snapshotsOf,
    }
  }

  it('is the truth: each comes back from what is said to have it, and from nothing else (CC-13, CC-14)', async () => {
    const scene = await openScene()
    expect(await scene.prove()).toEqual(['cache', 'cache'])

    await scene.breakAfter(4)
    expect(await scene.prove()).toEqual(['cache', 'cache'])
    await scene.sync()
    expect(await scene.prove()).toEqual(['both', 'both'])

    await change('c', 'd')
    const third = await scene.backUp()
    // All goes that may: what the cloud has of the first two.
    const { plan, done } = await scene.evictTo(1)
    expect(done).toMatchObject({ files: plan.files.length, passedOver: 0 })
    expect(plan.short).toBeGreaterThan(0)
    expect(plan.keptUnsent + plan.keptFixed).toBe(plan.held - plan.bytes)
    expect(await scene.prove()).toEqual(['cloud', 'cloud', 'mixed'])

    // The cloud has not heard yet that a prune has laid elsewhere what the second one needs.
    await scene.cache.remove({ kind: 'snapshot', name: scene.first })
    await pruneAt(scene.repository, Date.now(), { maxUnused: { type: 'bytes', bytes: 0 } })
    expect(await scene.prove()).toEqual(['cloud', expect.stringMatching(/mixed|cache/)])
    for (let files = 0; files < 6; files++) {
      await scene.breakAfter(1).catch(() => undefined)
      await scene.prove()
    }
    await scene.sync()
    expect((await scene.prove()).filter((from) => from === 'both' || from === 'cloud')).toHaveLength(2)

    // A hot point stays, whatever is wanted; the mark is met where it can be.
    const kept = await scene.evictTo(1, [third])
    expect(kept.plan.keptHot).toBeGreaterThan(0)
    expect((await scene.prove())[1]).toBe('both')
    expect((await checkRepository(scene.repository)).findings).toEqual([])

    // Something was removed from the bucket, and somebody has seen it: what still has it is told.
    const [needed] = (scene.journal.needs.of(third) ?? []).slice(-1)
    const name = scene.journal.files.packName(needed ?? 0) ?? ''
    await scene.cloud.remove({ kind: 'pack', name })
    scene.journal.move({ kind: 'pack', name }, 'local')
    expect((await scene.prove())[1]).toBe('cache')
    await scene.sync()
    expect((await scene.prove())[1]).toBe('both')
  })

  it('is the cloud for a point whose packs a prune made anew before they were ever sent', async () => {
    const scene = await openScene()
    await scene.cache.remove({ kind: 'snapshot', name: scene.first })
    await pruneAt(scene.repository, Date.now(), { maxUnused: { type: 'bytes', bytes: 0 } })
    expect(await scene.prove()).toEqual(['cache'])
    for (let files = 0; files < 12; files++) {
      await scene.breakAfter(1).catch(() => undefined)
      await scene.prove()
    }
    await scene.sync()
    expect(await scene.prove()).toEqual(['both'])
  })

  it('goes down to the low mark, and all is read through the cache afterwards as it was stored', async () => {
    const scene = await openScene()
    for (const names of [['a'], ['b', 'c'], ['d', 'e', 'f']]) {
      await change(...names)
      await scene.backUp()
    }
    await scene.sync()
    const held = scene.journal.files.localBytes()
    const target = Math.floor(held * 0.6)
    const { plan, done } = await scene.evictTo(target)
    expect(plan.short).toBe(0)
    expect(scene.journal.files.localBytes()).toBe(held - done.bytes)
    expect(scene.journal.files.localBytes()).toBeLessThanOrEqual(target)
    // No more than it must: with the last one it would still be above.
    expect(held - done.bytes + (plan.files.at(-1)?.size ?? 0)).toBeGreaterThan(target)
    expect(existsSync(join(scene.local.location, 'data'))).toBe(true)
    await scene.prove()
    expect((await checkRepository(scene.repository)).findings).toEqual([])
  })
})
