import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import { listPresentPacks, type PresentPacks, type Repository } from '../../../../../core/repository/index.ts'
import { sha256 } from '../../../../../core/repository/sha256.ts'
import { openMemoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { storeIndex, storePack } from '../made-pack.ts'
import { makeRepository } from '../made-repository.ts'

const body = (number: number): Buffer => seededBytes(`blob ${number}`, 100 + number)
const made = await makeRepository()

/** The same key over an empty storage. */
let storage: Storage
let repository: Repository
beforeEach(() => {
  storage = openMemoryStorage()
  repository = made.over(storage)
})

async function knownOf(
  numbers: readonly number[],
  options: Partial<Parameters<Repository['loadIndex']>[0]> = {},
): Promise<number[]> {
  const index = await repository.loadIndex({ purpose: 'read', ...options })
  return numbers.filter((number) => index.find('data', sha256(body(number))) >= 0)
}

/** Cuts a stored pack, as a full disk or a torn copy does. */
async function truncate(name: string, length: number): Promise<void> {
  const whole = await storage.load({ kind: 'pack', name })
  await storage.remove({ kind: 'pack', name })
  await storage.save({ kind: 'pack', name }, whole.subarray(0, length))
}

describe('loading the index', () => {
  it('brings all blobs of all files together, each where it lies', async () => {
    const packs = [await storePack(repository, [body(1), body(2)]), await storePack(repository, [body(3)])]
    await storeIndex(repository, packs)
    const third = await storePack(repository, [body(4)])
    await storeIndex(repository, [third])
    const index = await repository.loadIndex({ purpose: 'read' })
    expect([index.count, index.packs.count]).toEqual([4, 3])
    for (const number of [1, 2, 3, 4]) {
      const plain = await repository.loadBlob(index, 'data', sha256(body(number)))
      expect(plain.equals(body(number))).toBe(true)
    }
  })

  it('is empty in a new repository', async () => {
    expect((await repository.loadIndex({ purpose: 'read' })).count).toBe(0)
  })

  it('goes on reading a file that another supersedes: the replacement may not be complete', async () => {
    const [one, two] = [await storePack(repository, [body(1)]), await storePack(repository, [body(2)])]
    const old = await storeIndex(repository, [one, two])
    await storeIndex(repository, [two], [old])
    expect(await knownOf([1, 2, 3])).toEqual([1, 2])
  })

  it('names a file that is damaged, wherever it comes, and leaves nothing behind unhandled', async () => {
    const names = await Promise.all(
      [1, 2, 3].map(async (number) => storeIndex(repository, [await storePack(repository, [body(number)])])),
    )
    for (const name of names) {
      const good = await storage.load({ kind: 'index', name })
      const bad = Buffer.from(good)
      bad[30] = (bad[30] ?? 0) ^ 1
      await storage.remove({ kind: 'index', name })
      await storage.save({ kind: 'index', name }, bad)
      await expect(repository.loadIndex({ purpose: 'read' })).rejects.toMatchObject({
        code: 'repository/damaged',
        message: expect.stringContaining(name) as string,
        safety: expect.any(String) as string,
        remedy: expect.any(String) as string,
      })
      await storage.remove({ kind: 'index', name })
      await storage.save({ kind: 'index', name }, good)
    }
    const name = await repository.saveDocument('index', Buffer.from('{"packs":7}'))
    await expect(repository.loadIndex({ purpose: 'read' })).rejects.toMatchObject({
      code: 'repository/damaged',
      message: expect.stringContaining(name) as string,
    })
  })

  it('can be aborted', async () => {
    await storeIndex(repository, [await storePack(repository, [body(1)])])
    const reason = new Error('enough')
    await expect(repository.loadIndex({ purpose: 'read', signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('loading the index with the packs that are present', () => {
  it('leaves out blobs whose pack is missing or too short, and tells which', async () => {
    const whole = await storePack(repository, [body(1), body(2)])
    const gone = await storePack(repository, [body(3), body(4)])
    const short = await storePack(repository, [body(5), body(6)])
    await storeIndex(repository, [whole, gone, short])
    await storage.remove({ kind: 'pack', name: gone.name })
    const { offset, length } = short.blobs[Symbol.iterator]().next().value ?? { offset: 0, length: 0 }
    await truncate(short.name, offset + length + 10)
    const told: [string, number][] = []
    const presentPacks = listPresentPacks(storage)
    const known = await knownOf([1, 2, 3, 4, 5, 6], { presentPacks, onMissingPack: (...pack) => told.push(pack) })
    expect(known).toEqual([1, 2])
    expect(told).toEqual([
      [gone.name, -1],
      [short.name, offset + length + 10],
    ])
    expect(await knownOf([1, 2, 3, 4, 5, 6])).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('leaves out a pack that ends with its last blob: its header is lost', async () => {
    const pack = await storePack(repository, [body(1), body(2)])
    await storeIndex(repository, [pack])
    const { size } = await storage.stat({ kind: 'pack', name: pack.name })
    await truncate(pack.name, size - 4 - 2 * 37 - 32)
    expect(await knownOf([1, 2], { presentPacks: await listPresentPacks(storage) })).toEqual([])
  })

  it('knows a blob that lies in a missing pack and in another one', async () => {
    const gone = await storePack(repository, [body(1), body(2)])
    const other = await storePack(repository, [body(2), body(3)])
    await storeIndex(repository, [gone, other])
    await storage.remove({ kind: 'pack', name: gone.name })
    const index = await repository.loadIndex({ purpose: 'refer', presentPacks: listPresentPacks(storage) })
    expect((await repository.loadBlob(index, 'data', sha256(body(2)))).equals(body(2))).toBe(true)
    expect(index.find('data', sha256(body(1)))).toBe(-1)
  })

  it('looks again for a pack that was stored after the list was made', async () => {
    const presentPacks = await listPresentPacks(storage)
    await storeIndex(repository, [await storePack(repository, [body(1)])])
    const told: string[] = []
    expect(await knownOf([1], { presentPacks, onMissingPack: (pack) => told.push(pack) })).toEqual([1])
    expect(told).toEqual([])
  })

  it('fails where the packs could not be listed, and only then', async () => {
    const failure = new CoreError('storage/unreachable', 'the line is down')
    const presentPacks = Promise.reject<PresentPacks>(failure)
    presentPacks.catch(() => undefined)
    await storeIndex(repository, [await storePack(repository, [body(1)])])
    await expect(repository.loadIndex({ purpose: 'refer', presentPacks })).rejects.toBe(failure)
  })
})

describe('the list of present packs', () => {
  it('tells the size of each of thousands, and of no other', async () => {
    const names = Array.from({ length: 5000 }, (_, number) => seededBytes(number, 32))
    for (const [size, name] of names.entries()) {
      await storage.save({ kind: 'pack', name: name.toString('hex') }, new Uint8Array(size % 50))
    }
    const present = await listPresentPacks(storage)
    expect(present.count).toBe(names.length)
    expect(names.filter((name, at) => present.sizeOf(name) !== at % 50)).toEqual([])
    expect(present.sizeOf(seededBytes('stranger', 32))).toBe(-1)
  })

  it('can be aborted', async () => {
    const reason = new Error('enough')
    await expect(listPresentPacks(storage, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('index files of two million blobs', () => {
  it('become an index of at most 64 bytes a blob, packs included, which knows where each one is', async () => {
    const blobs = 2_000_000
    const child = fileURLToPath(new URL('load-index-files.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, String(blobs)])
    const { bytes, count, found } = JSON.parse(stdout) as Record<string, number>
    expect([count, found]).toEqual([blobs, Math.ceil(blobs / 7)])
    expect(bytes).toBeLessThanOrEqual(64 * blobs)
    expect(bytes).toBeGreaterThan(40 * blobs)
  })
})
