import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { PutBucketPolicyCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { type Clock, systemChance, systemClock } from '../../core/base/index.ts'
import { openS3Storage, type S3Credentials, type S3Location } from '../../core/storage/index.ts'
import { type PlaceProbe, probePlace } from '../../core/vault/index.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { CONFIG, handle, randomBody } from './fixture.ts'

function probe(location: S3Location, credentials: S3Credentials, clock: Clock = systemClock): Promise<PlaceProbe> {
  return probePlace({ kind: 's3', ...location, credentials }, { clock, chance: systemChance, besides: [] })
}

function told({ findings }: PlaceProbe): Record<string, string> {
  return Object.fromEntries(findings.map(({ code, severity }) => [code, severity]))
}

const FIT = { writable: 'good', range: 'good', checksum: 'good', conditional: 'good', unencrypted: 'hint' }

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw'], 'a real S3 store that is looked at', () => {
  let ceph: Ceph
  let client: S3Client
  beforeAll(async () => {
    ceph = await startCeph()
    client = new S3Client({
      endpoint: ceph.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: ceph.user,
    })
  })
  afterAll(async () => {
    client.destroy()
    await ceph[Symbol.asyncDispose]()
  })

  const makeBucket = async (): Promise<S3Location> => ({ ...(await ceph.makeBucket()), prefix: 'vault' })

  /** Somebody who may do these things in the bucket, and nothing else. */
  async function userWho(bucket: string, actions: readonly string[]): Promise<S3Credentials> {
    const user = await ceph.addUser(`who${Math.trunc(performance.now())}`)
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: [`arn:aws:iam:::user/${user.name}`] },
      Action: actions.map((action) => `s3:${action}`),
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
    return user
  }

  async function leftIn(location: S3Location): Promise<number> {
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3')
    return (await client.send(new ListObjectsV2Command({ Bucket: location.bucket }))).KeyCount ?? Number.NaN
  }

  it('is fit, and nothing of the look stays in it', async () => {
    const location = await makeBucket()
    expect(told(await probe(location, ceph.user))).toEqual(FIT)
    expect(await leftIn(location)).toBe(0)
  })

  it('has a repository, or something else that is left alone', async () => {
    const location = await makeBucket()
    using storage = openS3Storage(location, ceph.user)
    await storage.save(handle('lock', 1), randomBody(1))
    expect(await probe(location, ceph.user)).toMatchObject({ hasRepository: false })
    expect(told(await probe(location, ceph.user))).toEqual({ 'not-empty': 'problem', ...FIT })
    await storage.save(handle('key', 1), randomBody(1))
    await storage.save(CONFIG, randomBody(1))
    expect(await probe(location, ceph.user)).toMatchObject({ hasRepository: true })
    expect(told(await probe(location, ceph.user))).toEqual({ 'repository-found': 'hint', ...FIT })
    expect(await leftIn(location)).toBe(3)
  })

  it('has a clock that is told of where it is far from that of this computer', async () => {
    const location = await makeBucket()
    const clock = { ...systemClock, now: () => systemClock.now() - 10 * 60_000 }
    const { findings } = await probe(location, ceph.user, clock)
    expect(findings.find(({ code }) => code === 'clock')?.message).toContain('10 minutes ahead of')
  })

  it('keeps versions, and so what was removed', async () => {
    const location = await makeBucket()
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await client.send(new PutBucketVersioningCommand({ Bucket: location.bucket, VersioningConfiguration }))
    expect(told(await probe(location, ceph.user))).toMatchObject({ versions: 'hint', writable: 'good' })
  })

  it('is not there, or nobody lets one in', async () => {
    const location = await makeBucket()
    expect(told(await probe({ ...location, bucket: 'no-such-bucket' }, ceph.user))).toMatchObject({
      reachable: 'problem',
    })
    const wrong = { ...ceph.user, secretAccessKey: 'not-it' }
    const { findings } = await probe(location, wrong)
    expect(findings[0]).toMatchObject({ code: 'reachable', severity: 'problem' })
    expect(JSON.stringify(findings)).not.toContain('not-it')
    expect(told(await probe({ ...location, endpoint: 'http://127.0.0.1:9' }, ceph.user))).toMatchObject({
      reachable: 'problem',
    })
  })

  it('may only be read, or not be removed from', async () => {
    const location = await makeBucket()
    const reader = await userWho(location.bucket, ['ListBucket', 'GetObject'])
    expect(told(await probe(location, reader))).toMatchObject({ writable: 'problem' })
    const keeper = await userWho(location.bucket, ['ListBucket', 'GetObject', 'PutObject'])
    expect(told(await probe(location, keeper))).toMatchObject({ writable: 'good', rights: 'problem' })
  })
})

/** Keeps whatever comes, hands out all of it whatever was asked for, and has never heard of conditions. */
async function carelessStore(flips = false): Promise<S3Location> {
  const objects = new Map<string, Buffer>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const key = request.url?.split('?')[0] ?? ''
    if (request.method === 'PUT') objects.set(key, await bodyOf(request))
    if (request.method === 'DELETE') objects.delete(key)
    const isList = request.url?.includes('list-type=2') === true
    const body = isList ? '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>' : objects.get(key)
    if (request.method === 'GET' && body === undefined) response.statusCode = 404
    const given = flips && Buffer.isBuffer(body) ? Buffer.alloc(body.length) : body
    response.end(request.method === 'GET' ? given : undefined)
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, region: 'us-east-1', bucket: 'bucket', prefix: '' }
}

describe('a careless store that is looked at', () => {
  const KEY = { accessKeyId: 'AK', secretAccessKey: 'SK' }

  it('is told of: parts, conditions and checksums', async () => {
    expect(told(await probe(await carelessStore(), KEY))).toEqual({
      writable: 'good',
      range: 'problem',
      checksum: 'hint',
      conditional: 'hint',
      unencrypted: 'hint',
    })
  })

  it('is told of where it hands out something else than was stored', async () => {
    expect(told(await probe(await carelessStore(true), KEY))).toMatchObject({ writable: 'problem', range: 'problem' })
  })
})

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
