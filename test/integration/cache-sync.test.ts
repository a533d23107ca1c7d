import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { ListObjectVersionsCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'

import { blockSums, openCacheStorage, openJournal, syncCache } from '../../core/cloud-cache/index.ts'
import {
  changeStorage,
  openDirectoryStorage,
  openS3Storage,
  s3LocationText,
  type Storage,
} from '../../core/storage/index.ts'
import { isSame, listAll, listNames, randomBody } from '../conformance/fixture.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { killChild } from '../support/kill-child.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const KINDS = ['config', 'key', 'pack', 'index', 'snapshot'] as const
const PASSWORD = 'secret'
const SYNC = fileURLToPath(new URL('../support/sync-process.ts', import.meta.url))

async function bring(from: Storage, to: Storage): Promise<void> {
  for (const kind of KINDS)
    for (const { name } of await listAll(from, kind)) await to.save({ kind, name }, await from.load({ kind, name }))
}

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'restic'], 'a cache that is synced to a real S3 store', () => {
  let ceph: Ceph
  let proxy: FaultProxy
  let root: string
  beforeAll(async () => {
    ceph = await startCeph()
    proxy = await startFaultProxy(ceph.endpoint)
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await ceph[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-cache-sync-'))
    mkdirSync(join(root, 'cache'))
    proxy.set({})
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function restic(repository: string, ...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: ceph.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.user.secretAccessKey,
      RESTIC_PASSWORD: PASSWORD,
      RESTIC_REPOSITORY: repository,
    }
    return (await promisify(execFile)('restic', [...args, '--no-cache'], { env })).stdout
  }

  /** A cache in front of a new bucket, and what restic has made elsewhere brought into it: two backups. */
  async function openScene() {
    const source = join(root, 'source')
    const made = join(root, 'made')
    await mkdir(source)
    for (let number = 0; number < 8; number++) await writeFile(join(source, `${number}`), randomBody(3_000_000))
    await restic(made, 'init')
    await restic(made, 'backup', '--pack-size', '4', source)
    await writeFile(join(source, 'more'), randomBody(3_000_000))
    await restic(made, 'backup', source)

    const location = { ...(await ceph.makeBucket()), prefix: 'vault' }
    const cloud = openS3Storage({ ...location, endpoint: proxy.endpoint }, ceph.user, { stallAfter: 5000 })
    const direct = openS3Storage(location, ceph.user)
    const journal = openJournal(join(root, 'cache'))
    const local = openDirectoryStorage(join(root, 'cache/files'))
    const cache = openCacheStorage({ journal, local, cloud, onHealed: () => undefined, onDamaged: () => undefined })
    onTestFinished(() => {
      journal.close()
      cloud[Symbol.dispose]()
      direct[Symbol.dispose]()
    })
    await cache.prepare()
    await bring(openDirectoryStorage(made), cache)
    return { source, location, cloud, direct, journal, local, cache }
  }

  const checked = 'no errors were found'

  it('is a repository in the bucket that restic finds whole, and the same again', async () => {
    const { location, journal, local, cloud, direct, cache } = await openScene()
    const { files, bytes } = await syncCache({ journal, local, cloud })
    expect(files).toBeGreaterThan(8)
    expect(bytes).toBeGreaterThan(27_000_000)
    for (const kind of KINDS) expect(await listNames(direct, kind)).toEqual(await listNames(cache, kind))
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(checked)
    expect(await syncCache({ journal, local, cloud })).toMatchObject({ files: 0, deletions: 0 })
  })

  it('does not let the bucket have what a name does not promise, also where its sums are right', async () => {
    const { journal, local, cloud, direct } = await openScene()
    const handle = { kind: 'pack', name: 'ab'.repeat(32) } as const
    const body = randomBody(100_000)
    await local.save(handle, body)
    journal.saved(handle, { size: body.byteLength, sums: blockSums(body) })
    expect((await syncCache({ journal, local, cloud })).damaged).toEqual([handle])
    expect(await listNames(direct, 'pack')).not.toContain(handle.name)
  })

  it('goes on where the connection broke and the gateway was killed, and sends nothing twice that arrived (CC-16)', async () => {
    const { location, journal, local, cloud, direct } = await openScene()
    const sent = new Map<string, number>()
    const counting = changeStorage(cloud, {
      save: async (file, body, options) => {
        await cloud.save(file, body, options)
        sent.set(file.name, (sent.get(file.name) ?? 0) + 1)
      },
    })
    const sync = () => syncCache({ journal, local, cloud: counting })
    for (const cutRequestAfter of [1_000_000, 2_500_000, 3_500_000]) {
      proxy.set({ cutRequestAfter })
      await expect(sync()).rejects.toMatchObject({ code: 'storage/unreachable' })
    }
    // The gateway has stored what it does not tell of any more.
    proxy.set({ cutAnswerAfter: 100 })
    await expect(sync()).rejects.toMatchObject({ code: 'storage/unreachable' })
    proxy.set({})
    await ceph.killGateway()
    await expect(sync()).rejects.toMatchObject({ code: 'storage/unreachable' })
    await ceph.startGateway()
    await sync()
    expect(Math.max(...sent.values())).toBe(1)
    expect(journal.files.totals()).toMatchObject({
      local: { files: 0 },
      uploading: { files: 0 },
      uploaded: { files: 0 },
    })
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(checked)
    expect((await listNames(direct, 'snapshot')).length).toBe(2)
  })

  it('is killed again and again, sends nothing twice that arrived, and leaves no snapshot that cannot be restored (CC-16)', async () => {
    const { location, local, direct, journal } = await openScene()
    const client = new S3Client({ ...location, forcePathStyle: true, credentials: ceph.user })
    onTestFinished(() => client.destroy())
    // The store itself counts: each time that an object is stored is a version.
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await client.send(new PutBucketVersioningCommand({ Bucket: location.bucket, VersioningConfiguration }))
    const { accessKeyId, secretAccessKey } = ceph.user
    const HOLDFAST_SYNC = JSON.stringify({
      cache: join(root, 'cache'),
      location,
      credentials: { accessKeyId, secretAccessKey },
    })
    let kills = 0
    for (let isDone = false; !isDone;) {
      // Ever later: so it is killed at each stage, and comes to an end.
      const delay = Math.random() * (150 + 30 * kills)
      ;({ isDone } = await killChild(SYNC, [], delay, { ...process.env, HOLDFAST_SYNC }))
      if (!isDone) kills++
      if ((await listNames(direct, 'snapshot')).length > 0)
        expect(await restic(s3LocationText(location), 'check', '--no-lock')).toContain(checked)
    }
    expect(kills).toBeGreaterThan(0)
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: location.bucket }))
    const known = await Promise.all(KINDS.map((kind) => listNames(local, kind)))
    expect(Versions.length).toBe(known.flat().length)
    expect(new Set(Versions.map(({ Key }) => Key)).size).toBe(Versions.length)
    expect(journal.files.totals()).toMatchObject({ local: { files: 0 }, verified: { files: Versions.length } })
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(checked)
  })

  it('stops where the bucket is full, keeps what is only here, and goes on when there is room', async () => {
    const { location, journal, local, cloud } = await openScene()
    const quota = ['--quota-scope', 'bucket', '--bucket', location.bucket, '--uid', ceph.user.name]
    await ceph.admin('quota', 'set', ...quota, '--max-objects', '3')
    await ceph.admin('quota', 'enable', ...quota)
    await expect(syncCache({ journal, local, cloud })).rejects.toMatchObject({ code: 'storage/full' })
    await ceph.admin('quota', 'disable', ...quota)
    await syncCache({ journal, local, cloud })
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(checked)
  })

  it('forgets in the bucket what restic has pruned from the cache, which stays whole', async () => {
    const { source, location, journal, local, cloud, direct, cache } = await openScene()
    await syncCache({ journal, local, cloud })
    // What a prune does, by a program that knows nothing of caches: in a copy, whose changes are then brought here.
    const pruned = join(root, 'pruned')
    await rm(join(root, 'made'), { recursive: true })
    const copy = openDirectoryStorage(pruned)
    await copy.prepare()
    await bring(cache, copy)
    await restic(pruned, 'forget', '--keep-last', '1', '--prune', '--max-unused', '0')
    await writeFile(join(source, 'even more'), randomBody(1_000_000))
    await restic(pruned, 'backup', source)
    for (const kind of ['pack', 'index', 'snapshot'] as const) {
      const there = new Set(await listNames(copy, kind))
      const known = new Set(await listNames(cache, kind))
      for (const name of there) if (!known.has(name)) await cache.save({ kind, name }, await copy.load({ kind, name }))
    }
    for (const kind of ['snapshot', 'index', 'pack'] as const) {
      const there = new Set(await listNames(copy, kind))
      for (const name of await listNames(cache, kind)) if (!there.has(name)) await cache.remove({ kind, name })
    }
    const { deletions } = await syncCache({ journal, local, cloud })
    expect(deletions).toBeGreaterThan(1)
    for (const kind of KINDS) expect(await listNames(direct, kind)).toEqual(await listNames(copy, kind))
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(checked)
    const [pack] = await listAll(cache, 'pack')
    if (!pack) throw new Error('there is no pack')
    const handle = { kind: 'pack', name: pack.name } as const
    expect(isSame(await direct.load(handle), await cache.load(handle))).toBe(true)
  })
})
