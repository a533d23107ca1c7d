import type * as fs from 'node:fs'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'

import { beforeEach, describe, expect, it, vi } from 'vitest'

import { openDirectoryStorage, type Storage, withRetry } from '../../core/storage/index.ts'
import { temporaryFolder } from './fixture.ts'

type Callback = (error: Error | null, result?: unknown) => void

/** What the system was asked to do, and what it shall answer instead of doing it. */
const system = vi.hoisted(() => ({
  calls: [] as string[],
  failures: [] as { call: string; code: string }[],
  mostBytes: Infinity,
  /** What happens right before a call. */
  before: new Map<string, () => void>(),
  names: new Map<number, string>(),
}))

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof fs>()
  const watched = ['open', 'write', 'read', 'fsync', 'close', 'rename', 'link', 'unlink'] as const
  const doubles = watched.map((call) => {
    const real = actual[call] as (...args: unknown[]) => void
    const double = (...args: unknown[]): void => {
      const [target] = args
      const done = args.pop() as Callback
      const entry = `${call} ${typeof target === 'number' ? system.names.get(target) : kindOf(String(target))}`
      system.calls.push(entry)
      system.before.get(entry)?.()
      const at = system.failures.findIndex((failure) => failure.call === entry)
      const failure = at < 0 ? undefined : system.failures.splice(at, 1)[0]
      // Closing takes place all the same, or descriptors would leak.
      if (failure && call !== 'close') {
        done(Object.assign(new Error(`${failure.code}: ${entry}`), { code: failure.code, syscall: call }))
        return
      }
      if ((call === 'write' || call === 'read') && typeof args[3] === 'number')
        args[3] = Math.min(args[3], system.mostBytes)
      real(...args, (error: Error | null, result?: unknown) => {
        if (call === 'open' && typeof result === 'number') system.names.set(result, kindOf(String(target)))
        if (failure) done(Object.assign(new Error(failure.code), { code: failure.code, syscall: call }))
        else done(error, result)
      })
    }
    return [call, double] as const
  })
  return { ...actual, ...Object.fromEntries(doubles) }
})

function kindOf(path: string): string {
  if (path.includes('-tmp-holdfast-claim')) return 'claim'
  if (path.includes('-tmp-')) return 'temporary'
  return basename(path).replace(/^[0-9a-f]{64}$/, 'file')
}

const key = { kind: 'key', name: 'ab'.repeat(32) } as const
const config = { kind: 'config', name: '' } as const

async function openPrepared(): Promise<{ folder: string; storage: Storage }> {
  const folder = join(temporaryFolder(), 'repository')
  const storage = openDirectoryStorage(folder)
  await storage.prepare()
  system.calls.length = 0
  return { folder, storage }
}

const fail = (call: string, code: string): void => {
  system.failures.push({ call, code })
}

beforeEach(() => {
  system.calls.length = 0
  system.failures.length = 0
  system.mostBytes = Infinity
  system.before.clear()
})

describe('the system calls of a directory', () => {
  it('are these eight for a save, and the file is flushed before it gets its name, the folder after', async () => {
    const { storage } = await openPrepared()
    await storage.save(key, new Uint8Array(16))
    expect(system.calls).toEqual([
      'open keys',
      'open temporary',
      'write temporary',
      'fsync temporary',
      'close temporary',
      'rename temporary',
      'fsync keys',
      'close keys',
    ])
  })

  it('flush every new folder’s parent before the first save is acknowledged', async () => {
    const { folder, storage } = await openPrepared()
    await storage.save(config, new Uint8Array(1))
    rmSync(join(folder, 'data'), { recursive: true })
    system.calls.length = 0
    await storage.save({ ...key, kind: 'pack' }, new Uint8Array(16))
    const flushes = system.calls.filter((call) => call.startsWith('fsync'))
    expect(flushes).toEqual(['fsync temporary', 'fsync ab', 'fsync data', 'fsync repository'])
  })

  it('flush the folders above those that prepare makes', async () => {
    const { folder } = await openPrepared()
    await openDirectoryStorage(join(folder, 'a/b')).prepare()
    const flushes = system.calls.filter((call) => call.startsWith('fsync'))
    expect(flushes).toEqual(['fsync a', 'fsync repository', 'fsync data', 'fsync b'])
  })

  it('flush the folder after a removal', async () => {
    const { storage } = await openPrepared()
    await storage.save(key, new Uint8Array(16))
    system.calls.length = 0
    await storage.remove(key)
    expect(system.calls).toEqual(['open keys', 'unlink file', 'fsync keys', 'close keys'])
  })

  it('are one read for a range into memory that is given', async () => {
    const { storage } = await openPrepared()
    await storage.save(key, new Uint8Array(1000))
    system.calls.length = 0
    await storage.load(key, { offset: 10, length: 900, into: new Uint8Array(new SharedArrayBuffer(900)) })
    expect(system.calls).toEqual(['open file', 'read file', 'close file'])
  })

  it('are repeated until all is written or read when the system takes less than it was given', async () => {
    const { storage } = await openPrepared()
    const body = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
    system.mostBytes = 300
    await storage.save(key, body)
    expect(await storage.load(key)).toEqual(body)
    expect(await storage.load(key, { offset: 100, length: 700 })).toEqual(body.subarray(100, 800))
    expect(system.calls.filter((call) => call === 'write temporary')).toHaveLength(4)
  })
})

describe('a folder that is exchanged for a link between two system calls', () => {
  const pack = { ...key, kind: 'pack' } as const

  async function openExchanged(call: string, path: string): Promise<{ storage: Storage; away: string; other: string }> {
    const { folder, storage } = await openPrepared()
    const other = join(temporaryFolder(), 'other')
    mkdirSync(join(other, 'ab'), { recursive: true })
    for (const each of [other, join(other, 'ab')]) writeFileSync(join(each, key.name), 'theirs')
    const away = join(folder, 'away')
    system.before.set(call, () => {
      system.before.clear()
      renameSync(join(folder, path), away)
      symlinkSync(other, join(folder, path))
    })
    return { storage, away, other }
  }

  it.each([
    ['open temporary', 'keys'],
    ['write temporary', 'keys'],
    ['rename temporary', 'keys'],
  ])('(%s) holds what is saved, and not what the link leads to', async (call, path) => {
    const { storage, away, other } = await openExchanged(call, path)
    await storage.save(key, new Uint8Array(16))
    expect(readdirSync(away)).toEqual([key.name])
    expect(readdirSync(other).toSorted()).toEqual(['ab', key.name].toSorted())
    expect(readFileSync(join(other, key.name), 'utf8')).toBe('theirs')
  })

  it.each([
    ['open ab', 'data', 'ab'],
    ['unlink file', 'data', 'ab'],
    ['unlink file', 'data/ab', ''],
  ])('(%s) loses what is removed, and not what %s now leads to', async (call, path, below) => {
    const { storage, away, other } = await openExchanged(call, path)
    const { before } = system
    const exchange = before.get(call)
    before.clear()
    await storage.save(pack, new Uint8Array(16))
    if (exchange) before.set(call, exchange)
    await storage.remove(pack)
    expect(readdirSync(join(away, below))).toEqual([])
    expect(existsSync(join(other, key.name)) && existsSync(join(other, 'ab', key.name))).toBe(true)
  })
})

describe('a failed system call of a directory', () => {
  it.each([
    ['open temporary', 'EMFILE', 'storage/unreachable'],
    ['write temporary', 'EIO', 'storage/unreachable'],
    ['write temporary', 'ENOSPC', 'storage/full'],
    ['write temporary', 'EDQUOT', 'storage/full'],
    ['fsync temporary', 'EIO', 'storage/unreachable'],
    ['fsync temporary', 'ENOSPC', 'storage/full'],
    ['close temporary', 'EDQUOT', 'storage/full'],
    ['rename temporary', 'EACCES', 'storage/refused'],
    ['rename temporary', 'ENOENT', 'storage/unreachable'],
    ['rename temporary', 'ESTALE', 'storage/unreachable'],
  ])('(%s: %s) fails a save with %s and leaves nothing behind', async (call, code, expected) => {
    const { folder, storage } = await openPrepared()
    fail(call, code)
    const retryable = expected === 'storage/unreachable'
    await expect(storage.save(key, new Uint8Array(16))).rejects.toMatchObject({ code: expected, retryable })
    expect(readdirSync(join(folder, 'keys'))).toEqual([])
    expect(system.calls.slice(-2)).toEqual(['unlink temporary', 'close keys'])
    await storage.save(key, new Uint8Array(16))
  })

  it('does not let a save be acknowledged whose folder could not be flushed', async () => {
    const { storage } = await openPrepared()
    fail('fsync keys', 'EIO')
    await expect(storage.save(key, new Uint8Array(16))).rejects.toMatchObject({ code: 'storage/unreachable' })
  })

  it('is passed over where a file system cannot flush folders at all', async () => {
    const { storage } = await openPrepared()
    for (const code of ['EINVAL', 'ENOTSUP']) {
      fail('fsync keys', code)
      await storage.save(key, new Uint8Array(16))
    }
    expect(await storage.load(key)).toEqual(new Uint8Array(16))
  })

  it('names a used-up quota as such', async () => {
    const { storage } = await openPrepared()
    fail('write temporary', 'EDQUOT')
    await expect(storage.save(key, new Uint8Array(16))).rejects.toMatchObject({
      message: expect.stringContaining('quota'),
      remedy: expect.stringContaining('quota'),
      context: { needed: 16 },
    })
  })

  it.each(['EIO', 'ETIMEDOUT'])('(%s) makes a read worth another attempt', async (code) => {
    const { storage } = await openPrepared()
    await storage.save(key, new Uint8Array(16))
    fail('read file', code)
    await expect(storage.load(key)).rejects.toMatchObject({ code: 'storage/unreachable', retryable: true })
  })
})

describe('a config', () => {
  const body = new Uint8Array(8).fill(1)

  it('is taken back when its folder could not be flushed, so that a retry succeeds', async () => {
    const { folder, storage } = await openPrepared()
    fail('fsync repository', 'EIO')
    await expect(storage.save(config, body)).rejects.toMatchObject({ code: 'storage/unreachable' })
    expect(existsSync(join(folder, 'config'))).toBe(false)
    fail('fsync repository', 'EIO')
    await withRetry(storage, { wait: () => Promise.resolve() }).save(config, body)
    expect(await storage.load(config)).toEqual(body)
  })

  it('is linked, not renamed, to its name', async () => {
    const { storage } = await openPrepared()
    await storage.save(config, body)
    expect(system.calls).toContain('link temporary')
    expect(system.calls).not.toContain('rename temporary')
  })

  it.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('is made once where the file system has no links (%s)', async (code) => {
    const { folder, storage } = await openPrepared()
    for (let count = 0; count < 10; count++) fail('link temporary', code)
    const saves = Array.from({ length: 10 }, (_, number) => storage.save(config, new Uint8Array(8).fill(number)))
    const results = await Promise.allSettled(saves)
    const winners = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [number] : []))
    expect(winners).toHaveLength(1)
    expect(await storage.load(config)).toEqual(new Uint8Array(8).fill(winners[0] ?? -1))
    const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(new Set(losers)).toEqual(new Set(['storage/exists']))
    fail('link temporary', code)
    await expect(storage.save(config, body)).rejects.toMatchObject({ code: 'storage/exists' })
    expect(readdirSync(folder).filter((name) => name.includes('-tmp-'))).toEqual([])
  })
})
