import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import {
  openDirectoryStorage,
  openS3Storage,
  type S3Location,
  s3LocationText,
  type Storage,
} from '../../core/storage/index.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { isSame, listNames, randomBody, temporaryFolder } from './fixture.ts'

const KINDS = ['key', 'snapshot', 'index', 'pack', 'config'] as const

function sourceFolder(): string {
  const source = join(temporaryFolder(), 'source')
  mkdirSync(source)
  for (let number = 0; number < 5; number++) writeFileSync(join(source, `${number}`), randomBody(500_000))
  return source
}

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'restic'], 'a bucket shared with stock restic', () => {
  let ceph: Ceph
  beforeAll(async () => {
    ceph = await startCeph()
  })
  afterAll(() => ceph[Symbol.asyncDispose]())

  async function restic(repository: string, ...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: ceph.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.user.secretAccessKey,
      RESTIC_PASSWORD: 'secret',
      RESTIC_REPOSITORY: repository,
    }
    return (await promisify(execFile)('restic', [...args, '--no-cache'], { env })).stdout
  }

  function open(location: S3Location): Storage {
    const storage = openS3Storage(location, ceph.user)
    onTestFinished(() => storage[Symbol.dispose]())
    return storage
  }

  it('is opened by restic, which checks it and restores from it without a lock', async () => {
    const source = sourceFolder()
    const folder = join(temporaryFolder(), 'repository')
    await restic(folder, 'init')
    await restic(folder, 'backup', source)
    const from = openDirectoryStorage(folder)
    const location = { ...(await ceph.makeBucket()), prefix: 'vaults/one' }
    const to = open(location)
    for (const kind of KINDS) {
      for await (const { name } of from.list(kind)) await to.save({ kind, name }, await from.load({ kind, name }))
    }
    expect(await restic(s3LocationText(location), 'check', '--read-data', '--no-lock')).toContain(
      'no errors were found',
    )
    const restored = temporaryFolder()
    await restic(s3LocationText(location), 'restore', 'latest', '--no-lock', '--target', restored)
    expect(isSame(readFileSync(join(restored, source, '3')), readFileSync(join(source, '3')))).toBe(true)
    expect(await listNames(to, 'lock')).toEqual([])
  })

  it('is read where restic wrote it', async () => {
    const location = { ...(await ceph.makeBucket()), prefix: 'from-restic' }
    await restic(s3LocationText(location), 'init')
    await restic(s3LocationText(location), 'backup', sourceFolder())
    const storage = open(location)
    for (const [kind, plural] of [
      ['pack', 'packs'],
      ['index', 'index'],
      ['snapshot', 'snapshots'],
      ['key', 'keys'],
    ] as const) {
      const names = (await restic(s3LocationText(location), 'list', plural)).trim().split('\n').toSorted()
      expect(names[0]).toMatch(/^[0-9a-f]{64}$/)
      expect(await listNames(storage, kind)).toEqual(names)
    }
    const { config } = await openRepository(storage, Buffer.from('secret'))
    expect(config.version).toBe(2)
  })
})
