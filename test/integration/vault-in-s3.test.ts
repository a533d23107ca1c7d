import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import { openDataFolder, rebuildCatalog } from '../../core/appliance/index.ts'
import { systemChance } from '../../core/base/index.ts'
import { PolicySettings } from '../../core/contract/index.ts'
import type { S3Location } from '../../core/storage/index.ts'
import { ADMIN_PASSWORD, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { type Ceph, type CephUser, startCeph } from '../support/ceph/start-ceph.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const run = promisify(execFile)

/** What a new access key is given: name and secret. */
function credentialsOf({ accessKeyId, secretAccessKey }: CephUser): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId, secretAccessKey }
}

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'restic'], 'a vault in S3', () => {
  let ceph: Ceph
  let root: string
  let test: TestAppliance
  let bucket: S3Location
  beforeAll(async () => {
    ceph = await startCeph()
  })
  afterAll(() => ceph[Symbol.asyncDispose]())
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-vault-s3-'))
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home/letter'), 'Dear all,\n'.repeat(10_000))
    test = await startAppliance(root)
    bucket = { ...(await ceph.makeBucket()), prefix: 'vaults/first' }
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const place = () => ({ location: { kind: 's3', ...bucket } as const, credentials: credentialsOf(ceph.user) })

  async function protect(): Promise<{ vaultId: string; setId: string }> {
    const { vaults, sources, policies, sets } = test.appliance.operations
    const vault = await vaults.create({ name: 'cloud', ...place() }, test.call)
    const source = await sources.create(
      { name: 'this computer', settings: { kind: 'file-server', host: 'nas' } },
      test.call,
    )
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
    const wanted = { sourceId: source.id, vaultId: vault.id, policyId: policy.id, isEnabled: true, content }
    const set = await sets.create({ name: 'home', ...wanted }, test.call)
    return { vaultId: vault.id, setId: set.id }
  }

  const backUp = async (setId: string) =>
    test.ended((await test.appliance.operations.runs.backUp({ setId }, test.call)).id)

  async function kitOf(vaultId: string): Promise<(line: string) => string> {
    const { vaults } = test.appliance.operations
    const { text } = await vaults.exportKit({ id: vaultId, password: ADMIN_PASSWORD, again: true }, test.call)
    return (line) => new RegExp(`^${line}: *(\\S+)$`, 'm').exec(text)?.[1] ?? ''
  }

  it('is backed up to, browsed, checked, pruned and restored from', async () => {
    const { operations } = test.appliance
    const { vaultId, setId } = await protect()
    expect(await backUp(setId)).toMatchObject({ state: 'succeeded' })
    const [point] = (await operations.points.list({ setId, limit: 10 }, test.call)).items
    if (!point) throw new Error('there is no point')
    const request = { pointId: point.id, paths: [join(root, 'home')] }
    const target = { kind: 'folder', path: join(root, 'restored') } as const
    for (const kind of ['check', 'prune'] as const)
      expect(
        await test.ended(
          (await operations.runs.maintain({ vaultId, kind, readData: kind === 'check', confirm: false }, test.call)).id,
        ),
      ).toMatchObject({
        state: 'succeeded',
      })
    const restore = await operations.restores.start(
      { ...request, target, overwrite: 'always', verify: true },
      test.call,
    )
    expect(await test.ended(restore.id)).toMatchObject({ state: 'succeeded' })
    const vault = await operations.vaults.get({ id: vaultId }, test.call)
    expect(vault).toMatchObject({ state: 'ready', points: 1, bytesFree: null, location: { kind: 's3', ...bucket } })
    expect(JSON.stringify(vault)).not.toContain(ceph.user.secretAccessKey)
    const audit = await operations.audit.list({ limit: 100 }, test.call)
    expect(JSON.stringify(audit)).not.toContain(ceph.user.secretAccessKey)
  })

  it('is restored by stock restic with what the recovery kit tells, and nothing else', async () => {
    const { vaultId, setId } = await protect()
    await backUp(setId)
    const kit = await kitOf(vaultId)
    const env = {
      ...process.env,
      RESTIC_REPOSITORY: kit('Repository'),
      RESTIC_PASSWORD: kit('Password'),
      AWS_ACCESS_KEY_ID: kit('Access key'),
      AWS_SECRET_ACCESS_KEY: kit('Its secret'),
      AWS_DEFAULT_REGION: kit('Region'),
    }
    const restored = join(root, 'by-restic')
    await run(
      'restic',
      ['restore', 'latest', '--path', join(root, 'home'), '--no-lock', '--no-cache', '--target', restored],
      { env },
    )
    expect(await readFile(join(restored, root, 'home/letter'))).toEqual(await readFile(join(root, 'home/letter')))
  })

  it('has a new appliance built from it', async () => {
    const { vaultId, setId } = await protect()
    await backUp(setId)
    const kit = await kitOf(vaultId)
    const { operations } = test.appliance
    const asked = { vaultId, kind: 'catalog-backup', readData: false, confirm: false } as const
    expect(await test.ended((await operations.runs.maintain(asked, test.call)).id)).toMatchObject({
      state: 'succeeded',
    })
    await test[Symbol.asyncDispose]()
    await rm(join(root, 'appliance'), { recursive: true })
    {
      await using folder = await openDataFolder(join(root, 'appliance'))
      const { location, credentials } = place()
      expect(
        await rebuildCatalog({
          folder,
          environment: {},
          place: { ...location, credentials },
          password: kit('Password'),
          catalogKey: kit('Catalog key'),
          chance: systemChance,
        }),
      ).toMatchObject({ vaults: 1, sets: 1 })
    }
    test = await startAppliance(root)
    expect(await backUp(setId)).toMatchObject({ state: 'succeeded' })
  })

  it('takes another access key only where it opens the vault', async () => {
    const { vaults } = test.appliance.operations
    const { vaultId, setId } = await protect()
    const stranger = await ceph.addUser('stranger')
    const change = (user: CephUser) => vaults.update({ id: vaultId, credentials: credentialsOf(user) }, test.call)
    await expect(change(stranger)).rejects.toMatchObject({ code: 'storage/refused' })
    expect(await backUp(setId)).toMatchObject({ state: 'succeeded' })
    const second = { ...ceph.user, accessKeyId: 'AKsecond', secretAccessKey: 'SKsecond' }
    const keys = ['--access-key', second.accessKeyId, '--secret-key', second.secretAccessKey]
    await ceph.admin('key', 'create', '--uid', ceph.user.name, '--key-type', 's3', ...keys)
    await change(second)
    await ceph.admin('key', 'rm', '--uid', ceph.user.name, '--access-key', ceph.user.accessKeyId)
    try {
      expect(await backUp(setId)).toMatchObject({ state: 'succeeded' })
    } finally {
      const old = ['--access-key', ceph.user.accessKeyId, '--secret-key', ceph.user.secretAccessKey]
      await ceph.admin('key', 'create', '--uid', ceph.user.name, '--key-type', 's3', ...old)
    }
  })

  it('is looked at before it is made: what is fit, what is not, and what is there', async () => {
    const { vaults } = test.appliance.operations
    const found = await vaults.probe(place(), test.call)
    const severities = Object.fromEntries(found.findings.map(({ code, severity }) => [code, severity]))
    expect(severities).toEqual({
      writable: 'good',
      range: 'good',
      checksum: 'good',
      conditional: 'good',
      unencrypted: 'hint',
    })
    expect(found).toMatchObject({ hasRepository: false, bytesFree: null })
    await protect()
    const again = await vaults.probe(place(), test.call)
    expect(again.hasRepository).toBe(true)
    await expect(vaults.create({ name: 'twice', ...place() }, test.call)).rejects.toMatchObject({
      code: 'object/conflict',
    })
    await expect(vaults.probe({ location: place().location }, test.call)).rejects.toMatchObject({
      code: 'input/invalid',
      context: { field: 'credentials' },
    })
  })
})
