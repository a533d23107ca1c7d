import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import { PolicySettings, type Run } from '../../core/contract/index.ts'
import { type S3Location, s3LocationText } from '../../core/storage/index.ts'
import { ADMIN_PASSWORD, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)

/** Megabytes, which `toEqual` would compare byte by byte. */
async function isSame(one: string, other: string): Promise<boolean> {
  return (await readFile(one)).equals(await readFile(other))
}

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'restic'], 'a cache before a vault in S3', () => {
  let ceph: Ceph
  let root: string
  let test: TestAppliance
  let bucket: S3Location
  let vaultId: string
  let setId: string
  beforeAll(async () => {
    ceph = await startCeph()
  })
  afterAll(() => ceph[Symbol.asyncDispose]())
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-cache-s3-'))
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home/letter'), randomBytes(5_000_000))
    test = await startAppliance(root)
    bucket = { ...(await ceph.makeBucket()), prefix: 'vaults/first' }
    const { vaults, sources, policies, sets, caches } = test.appliance.operations
    const { accessKeyId, secretAccessKey } = ceph.user
    const place = { location: { kind: 's3', ...bucket } as const, credentials: { accessKeyId, secretAccessKey } }
    ;({ id: vaultId } = await vaults.create({ name: 'cloud', ...place }, test.call))
    const source = await sources.create({ name: 'here', settings: { kind: 'file-server', host: 'nas' } }, test.call)
    const settings = PolicySettings.parse({
      schedule: { timeZone: 'UTC', rules: [] },
      retention: { days: 30, weeks: 12, months: 12, years: 0 },
    })
    const policy = await policies.create({ name: 'by hand', settings }, test.call)
    const content = {
      roots: [join(root, 'home')],
      excludes: [],
      excludeCaches: true,
      excludeLargerThan: null,
      oneFileSystem: false,
    }
    const wanted = { name: 'home', sourceId: source.id, vaultId, policyId: policy.id, isEnabled: true, content }
    ;({ id: setId } = await sets.create(wanted, test.call))
    await caches.attach({ vaultId, folder: join(root, 'cache') }, test.call)
    const [building] = (await test.appliance.operations.runs.list({ kind: 'cache-build', limit: 1 }, test.call)).items
    expect(await test.ended(building?.id ?? '')).toMatchObject({ state: 'succeeded' })
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const ended = async (begun: Promise<Run>): Promise<Run> => test.ended((await begun).id)
  const backUp = () => ended(test.appliance.operations.runs.backUp({ setId }, test.call))
  const sync = () => ended(test.appliance.operations.caches.sync({ vaultId, isLimited: false }, test.call))
  const burntDown = async () => (await test.appliance.operations.overview.burntDown(undefined, test.call)).items[0]

  async function restic(...args: string[]): Promise<string> {
    const asked = { id: vaultId, password: ADMIN_PASSWORD, again: true }
    const { text } = await test.appliance.operations.vaults.exportKit(asked, test.call)
    const env = {
      ...process.env,
      RESTIC_PASSWORD: /^Password: *(\S+)$/m.exec(text)?.[1],
      AWS_ACCESS_KEY_ID: ceph.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.user.secretAccessKey,
    }
    return (await run('restic', ['-r', s3LocationText(bucket), '--no-lock', '--no-cache', ...args], { env })).stdout
  }

  it('is off-site once it is sent, and would be left if all of this burnt down (CC-14)', async () => {
    await backUp()
    expect(await burntDown()).toMatchObject({ offSiteAt: null, gapSeconds: null, pointsLost: 1 })
    expect(await sync()).toMatchObject({ state: 'succeeded', cause: { code: 'synced' } })
    // It is noted a moment after the run has ended.
    await until(async () => (await burntDown())?.pointsLost === 0)
    expect(await burntDown()).toMatchObject({ gapSeconds: 0, offSiteAt: (await burntDown())?.newestAt })
    await restic('restore', 'latest', '--target', join(root, 'restored'))
    expect(await isSame(join(root, 'restored', root, 'home/letter'), join(root, 'home/letter'))).toBe(true)
    await writeFile(join(root, 'home/letter'), randomBytes(5_000_000))
    await backUp()
    expect(await burntDown()).toMatchObject({ pointsLost: 1 })
    expect((await burntDown())?.gapSeconds).toBeGreaterThan(0)
  })

  it('takes backups while the store is away, and sends them once it is back', async () => {
    await ceph.killGateway()
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    const { id } = await test.appliance.operations.caches.sync({ vaultId, isLimited: false }, test.call)
    await until(async () => {
      const { endedAt } = await test.appliance.operations.runs.get({ id }, test.call)
      const { items } = await test.appliance.operations.runs.events({ id, limit: 10 }, test.call)
      return endedAt !== null || items.some(({ code }) => code === 'cloud-failed')
    })
    await ceph.startGateway()
    expect(await test.ended(id)).toMatchObject({ state: 'succeeded', cause: { code: 'synced' } })
    expect(await restic('check', '--read-data')).toContain('no errors')
  })

  it('goes past a cache that is gone, and the bucket is whole (CC-12)', async () => {
    await backUp()
    await sync()
    await rename(join(root, 'cache'), join(root, 'away'))
    await writeFile(join(root, 'home/second'), randomBytes(1_000_000))
    expect(await backUp()).toMatchObject({ state: 'warning', cause: { code: 'cache-bypassed' } })
    expect(await restic('check', '--read-data')).toContain('no errors')
    await restic('restore', 'latest', '--target', join(root, 'restored'))
    expect(await isSame(join(root, 'restored', root, 'home/second'), join(root, 'home/second'))).toBe(true)
  })
})
