import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { openS3Storage, type S3Location, type S3Options, type S3Storage, withRetry } from '../../core/storage/index.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { CONFIG, handle, isSame, listNames, randomBody } from './fixture.ts'

const UNREACHABLE = { code: 'storage/unreachable', retryable: true }

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw'], 'an S3 store that fails', () => {
  let ceph: Ceph
  let proxy: FaultProxy
  let bucket: S3Location
  beforeAll(async () => {
    ceph = await startCeph()
    proxy = await startFaultProxy(ceph.endpoint)
    bucket = await ceph.makeBucket()
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await ceph[Symbol.asyncDispose]()
  })

  function open(location: S3Location, options?: S3Options, credentials = ceph.user): S3Storage {
    const storage = openS3Storage(location, credentials, options)
    onTestFinished(() => storage[Symbol.dispose]())
    return storage
  }

  /** Through the proxy, which is itself again after the test. */
  function openBehind(options?: S3Options): S3Storage {
    onTestFinished(() => proxy.set({}))
    return open({ ...bucket, endpoint: proxy.endpoint }, options)
  }

  const quickly = { attempts: 5, firstDelay: 10, longestDelay: 20 }

  it('is unreachable while its gateway is killed, and there again when that is', async () => {
    const storage = open(bucket)
    const body = randomBody(100_000)
    await storage.save(handle('pack', 'killed'), body)
    await ceph.killGateway()
    await expect(storage.load(handle('pack', 'killed'))).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.save(handle('pack', 'other'), body)).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.stat(CONFIG)).rejects.toMatchObject(UNREACHABLE)
    await expect(listNames(storage, 'pack')).rejects.toMatchObject(UNREACHABLE)
    await ceph.startGateway()
    expect(isSame(await storage.load(handle('pack', 'killed')), body)).toBe(true)
  })

  it('hands out nothing of an answer that was cut off, and all of it when asked again', async () => {
    const storage = openBehind()
    const body = randomBody(1_000_000)
    await storage.save(handle('pack', 'cut'), body)
    proxy.set({ cutAnswerAfter: 300_000 })
    await expect(storage.load(handle('pack', 'cut'))).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.load(handle('pack', 'cut'), { offset: 10, length: 900_000 })).rejects.toMatchObject(
      UNREACHABLE,
    )
    setTimeout(() => proxy.set({}), 20)
    const again = withRetry(storage, quickly)
    expect(isSame(await again.load(handle('pack', 'cut')), body)).toBe(true)
  })

  it('keeps nothing of a file that was cut off on the way there', async () => {
    const storage = openBehind()
    proxy.set({ cutRequestAfter: 200_000 })
    await expect(storage.save(handle('pack', 'half'), randomBody(1_000_000))).rejects.toMatchObject(UNREACHABLE)
    proxy.set({})
    await expect(withRetry(storage, quickly).stat(handle('pack', 'half'))).rejects.toMatchObject({
      code: 'storage/not-found',
    })
  })

  it('keeps nothing of a file in which a bit was turned on the way there', async () => {
    const storage = openBehind()
    proxy.set({ flipSent: 50_000 })
    await expect(storage.save(handle('pack', 'flipped'), randomBody(100_000))).rejects.toMatchObject({
      ...UNREACHABLE,
      message: expect.stringContaining('it arrived damaged and was not kept'),
    })
    proxy.set({})
    await expect(withRetry(storage, quickly).stat(handle('pack', 'flipped'))).rejects.toMatchObject({
      code: 'storage/not-found',
    })
  })

  it('may be tried again where it is too busy', async () => {
    const storage = openBehind()
    proxy.set({ answer: 'HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' })
    await expect(storage.load(handle('pack', 'busy'))).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.save(handle('pack', 'busy'), randomBody(10))).rejects.toMatchObject(UNREACHABLE)
    setTimeout(() => proxy.set({}), 20)
    await withRetry(storage, quickly).save(handle('pack', 'busy'), randomBody(10))
    expect(await listNames(storage, 'pack')).toContain(handle('pack', 'busy').name)
  })

  it('is given up where nothing moves any more', async () => {
    const storage = openBehind({ stallAfter: 200 })
    await storage.save(handle('pack', 'stalled'), randomBody(10))
    proxy.set({ stalled: true })
    await expect(storage.load(handle('pack', 'stalled'))).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.save(handle('pack', 'stalled'), randomBody(10))).rejects.toMatchObject(UNREACHABLE)
  })

  it('is given up where an answer stops half way', async () => {
    const storage = openBehind({ stallAfter: 200 })
    await storage.save(handle('pack', 'half way'), randomBody(100_000))
    const relay = await stopsHalfWay(100_000)
    onTestFinished(relay.close)
    const half = open({ ...bucket, endpoint: relay.endpoint }, { stallAfter: 200 })
    await expect(half.load(handle('pack', 'half way'))).rejects.toMatchObject(UNREACHABLE)
  })

  it('never hands out another part than was asked for, where a store takes no notice of ranges', async () => {
    const whole = randomBody(1000)
    const server = createServer((_, response) => response.end(whole))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const storage = open({ ...bucket, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    await expect(storage.load(handle('pack', 1), { offset: 10, length: 100 })).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.load(handle('pack', 1), { offset: 0, length: 100 })).rejects.toMatchObject(UNREACHABLE)
    await expect(storage.load(handle('pack', 1), { offset: 10 })).rejects.toMatchObject(UNREACHABLE)
  })

  it('refuses a wrong secret and an unknown key, and no message holds either', async () => {
    const wrong = { ...ceph.user, secretAccessKey: 'this-is-not-it' }
    const refused = await open(bucket, {}, wrong)
      .load(handle('pack', 1))
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'storage/refused', message: expect.stringContaining('secret') })
    expect(JSON.stringify([String(refused), (refused as Error).stack])).not.toContain('this-is-not-it')
    const unknown = open(bucket, {}, { ...ceph.user, accessKeyId: 'NOBODY' })
    await expect(unknown.save(handle('pack', 1), randomBody(1))).rejects.toMatchObject({ code: 'storage/refused' })
    await expect(listNames(unknown, 'pack')).rejects.toMatchObject({ code: 'storage/refused' })
  })

  it('refuses somebody who has no rights to the bucket', async () => {
    const stranger = await ceph.addUser('stranger')
    const storage = open(bucket, {}, stranger)
    await expect(storage.save(handle('pack', 1), randomBody(1))).rejects.toMatchObject({
      code: 'storage/refused',
      remedy: expect.stringContaining('PutObject'),
    })
    await expect(storage.load(handle('pack', 1))).rejects.toMatchObject({ code: 'storage/refused' })
  })

  it('says of a bucket that is not there that it is not there, and that there is no repository', async () => {
    const gone = open({ ...bucket, bucket: 'no-such-bucket' })
    const failure = { code: 'storage/unreachable', retryable: false }
    await expect(listNames(gone, 'pack')).rejects.toMatchObject(failure)
    await expect(gone.load(handle('pack', 1))).rejects.toMatchObject(failure)
    await expect(gone.stat(handle('pack', 1))).rejects.toMatchObject(failure)
    await expect(gone.save(handle('pack', 1), randomBody(1))).rejects.toMatchObject(failure)
    await expect(gone.stat(CONFIG)).rejects.toMatchObject({ code: 'storage/not-found' })
  })

  it('is full where the quota of the bucket is used up', async () => {
    const small = await ceph.makeBucket()
    const quota = ['--quota-scope', 'bucket', '--bucket', small.bucket, '--uid', ceph.user.name]
    await ceph.admin('quota', 'set', ...quota, '--max-objects', '1')
    await ceph.admin('quota', 'enable', ...quota)
    const storage = open(small)
    await storage.save(handle('pack', 1), randomBody(10))
    await expect(storage.save(handle('pack', 2), randomBody(10))).rejects.toMatchObject({ code: 'storage/full' })
  })

  it('ends with the reason of whoever stops it', async () => {
    const storage = openBehind()
    const reason = new Error('enough')
    proxy.set({ stalled: true })
    const stop = new AbortController()
    const loading = storage.load(handle('pack', 'stopped'), { signal: stop.signal })
    setTimeout(() => stop.abort(reason), 50)
    await expect(loading).rejects.toBe(reason)
  })
})

/** Answers the head of an object of `size` bytes and its first ones, and then nothing. */
async function stopsHalfWay(size: number): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': size })
    response.write(Buffer.alloc(size / 2))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
