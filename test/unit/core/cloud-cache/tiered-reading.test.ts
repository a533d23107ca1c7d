import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { BLOCK, evict } from '../../../../core/cloud-cache/index.ts'
import { changeStorage } from '../../../../core/storage/index.ts'
import { handle, isSame, listNames, randomBody } from '../../../conformance/fixture.ts'
import { flipBit, lose, openTiers, saveConfig, saveMade, send, type Tiers } from '../../../support/cache-tiers.ts'

const SIZE = 3 * BLOCK + 1234

async function openWithPack() {
  const tiers = await openTiers()
  await saveConfig(tiers.cache)
  const pack = await saveMade(tiers.cache, 'pack', randomBody(SIZE))
  return { tiers, pack }
}

async function evictPack(tiers: Tiers, name: string): Promise<void> {
  tiers.journal.files.markEvictable([name])
  await evict(tiers, { kind: 'pack', name })
}

describe('a file of which the local copy is bad', () => {
  it.each([0, 1, 2, 3])('is healed from the cloud when a bit in its block %i was flipped', async (block) => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await flipBit(tiers.local, pack.handle, block * BLOCK + 777)
    const range = { offset: block * BLOCK + 10, length: 100 }
    const loaded = await tiers.cache.load(pack.handle, range)
    expect(isSame(loaded, pack.body.subarray(range.offset, range.offset + 100))).toBe(true)
    expect(tiers.healed).toMatchObject([{ handle: pack.handle, error: { code: 'storage/damaged' } }])
    expect(isSame(await tiers.local.load(pack.handle), pack.body)).toBe(true)
    expect(tiers.damaged).toEqual([])
  })

  it('is not noticed by who reads other blocks of it', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await flipBit(tiers.local, pack.handle, 2 * BLOCK)
    const loaded = await tiers.cache.load(pack.handle, { offset: 5, length: 2 * BLOCK - 5 })
    expect(isSame(loaded, pack.body.subarray(5, 2 * BLOCK))).toBe(true)
    expect(tiers.healed).toEqual([])
  })

  it.each(['uploaded', 'verified'] as const)('is healed where it is missing and %s', async (state) => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack, state)
    await lose(tiers.local, pack.handle)
    expect(isSame(await tiers.cache.load(pack.handle), pack.body)).toBe(true)
    expect(tiers.healed).toHaveLength(1)
    expect(isSame(await tiers.local.load(pack.handle), pack.body)).toBe(true)
    expect(tiers.journal.files.find(pack.handle)?.state).toBe(state)
  })

  it.each(['snapshot', 'index', 'key'] as const)('is healed where it is of kind %s', async (kind) => {
    const { tiers } = await openWithPack()
    const file = await saveMade(tiers.cache, kind)
    await send(tiers, file)
    await flipBit(tiers.local, file.handle, 3)
    expect(isSame(await tiers.cache.load(file.handle), file.body)).toBe(true)
    expect(isSame(await tiers.local.load(file.handle), file.body)).toBe(true)
  })

  it('is healed where it is the config, which has no name to hold it against', async () => {
    const tiers = await openTiers()
    const config = await saveConfig(tiers.cache)
    await send(tiers, config)
    await flipBit(tiers.local, config.handle, 3)
    expect(isSame(await tiers.cache.load(config.handle), config.body)).toBe(true)
    expect(isSame(await tiers.local.load(config.handle), config.body)).toBe(true)
    await flipBit(tiers.local, config.handle, 4)
    await flipBit(tiers.cloud, config.handle, 4)
    await expect(tiers.cache.load(config.handle)).rejects.toMatchObject({ code: 'storage/damaged' })
  })

  it('is fetched once where many read it at the same time', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await lose(tiers.local, pack.handle)
    let loads = 0
    const cloud = changeStorage(tiers.cloud, {
      load(handle_, options) {
        loads++
        return tiers.cloud.load(handle_, options)
      },
    })
    const { cache } = tiers.reopen({ cloud })
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => cache.load(pack.handle, { offset: at, length: 9 })),
    )
    expect(all.every((bytes, at) => isSame(bytes, pack.body.subarray(at, at + 9)))).toBe(true)
    expect(loads).toBe(1)
  })

  it('is read by its ranges where the local tier has no room for the healed one', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await lose(tiers.local, pack.handle)
    const full = changeStorage(tiers.local, {
      save: () => Promise.reject(new CoreError('storage/full', 'there is no room')),
    })
    const { cache, damaged, healed } = tiers.reopen({ local: full })
    for (let time = 0; time < 3; time++) expect(isSame(await cache.load(pack.handle), pack.body)).toBe(true)
    expect(healed).toEqual([])
    expect(damaged).toMatchObject([{ handle: pack.handle, error: { code: 'storage/full' } }])
  })

  it('is healed once the cloud can be reached again', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await lose(tiers.local, pack.handle)
    let isAway = true
    const cloud = changeStorage(tiers.cloud, {
      load(each, options) {
        if (isAway) return Promise.reject(new CoreError('storage/unreachable', 'no network', { retryable: true }))
        return tiers.cloud.load(each, options)
      },
    })
    const { cache, healed } = tiers.reopen({ cloud })
    await expect(cache.load(pack.handle)).rejects.toMatchObject({ code: 'storage/unreachable', retryable: true })
    isAway = false
    expect(isSame(await cache.load(pack.handle), pack.body)).toBe(true)
    expect(healed).toHaveLength(1)
  })

  it('is lost where it was never uploaded, and named', async () => {
    const { tiers, pack } = await openWithPack()
    await flipBit(tiers.local, pack.handle, BLOCK)
    await expect(tiers.cache.load(pack.handle)).rejects.toMatchObject({
      code: 'storage/damaged',
      message: expect.stringContaining(pack.handle.name),
      retryable: false,
    })
    expect(tiers.damaged).toHaveLength(1)
    expect(isSame(await tiers.cache.load(pack.handle, { length: BLOCK }), pack.body.subarray(0, BLOCK))).toBe(true)
  })
})

describe('a file of which both copies are bad', () => {
  it.each([0, 1, 2, 3])('is never handed out wrong where both are in block %i', async (block) => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await flipBit(tiers.local, pack.handle, block * BLOCK)
    await flipBit(tiers.cloud, pack.handle, block * BLOCK + 1)
    await expect(tiers.cache.load(pack.handle)).rejects.toMatchObject({
      code: 'storage/damaged',
      message: expect.stringMatching(/neither from the cache nor from the cloud/),
    })
    expect(tiers.damaged).toHaveLength(1)
    expect(tiers.healed).toEqual([])
  })

  it('is still read where the bad blocks are not the same', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await flipBit(tiers.local, pack.handle, 0)
    await flipBit(tiers.cloud, pack.handle, BLOCK)
    const loaded = await tiers.cache.load(pack.handle, { length: 10 })
    expect(isSame(loaded, pack.body.subarray(0, 10))).toBe(true)
    // What the cloud has is not what its name says, and must not take the local copy's place.
    expect(tiers.healed).toEqual([])
    const other = await tiers.cache.load(pack.handle, { offset: BLOCK, length: 10 })
    expect(isSame(other, pack.body.subarray(BLOCK, BLOCK + 10))).toBe(true)
  })

  it('is lost where neither has it', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await lose(tiers.local, pack.handle)
    await lose(tiers.cloud, pack.handle)
    await expect(tiers.cache.load(pack.handle)).rejects.toMatchObject({ code: 'storage/damaged' })
  })
})

describe('an evicted file', () => {
  it('is read from the cloud by range, and its blocks are checked', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await evictPack(tiers, pack.handle.name)
    expect(await listNames(tiers.local, 'pack')).toEqual([])
    expect(tiers.journal.files.evictedWithCopy()).toEqual([])
    expect(await listNames(tiers.cache, 'pack')).toEqual([pack.handle.name])
    const loaded = await tiers.cache.load(pack.handle, { offset: BLOCK + 1, length: 7 })
    expect(isSame(loaded, pack.body.subarray(BLOCK + 1, BLOCK + 8))).toBe(true)
    await flipBit(tiers.cloud, pack.handle, 2 * BLOCK + 5)
    await expect(tiers.cache.load(pack.handle, { offset: 2 * BLOCK, length: 5 })).rejects.toMatchObject({
      code: 'storage/damaged',
      message: expect.stringMatching(/from the cloud, which alone has it/),
    })
    expect(tiers.damaged).toHaveLength(1)
    expect(await listNames(tiers.local, 'pack')).toEqual([])
  })

  it.each(['local', 'uploading', 'uploaded'] as const)(
    'is never one that is only %s: nothing is evicted before its cloud copy was verified (CC-15)',
    async (state) => {
      const { tiers, pack } = await openWithPack()
      tiers.journal.files.markEvictable([pack.handle.name])
      if (state !== 'local') tiers.journal.move(pack.handle, 'uploading')
      if (state === 'uploaded') tiers.journal.finishUpload(pack.handle, true)
      expect([...tiers.journal.files.evictionCandidates(new Set())]).toEqual([])
      await expect(evict(tiers, pack.handle)).rejects.toMatchObject({ code: 'internal/defect' })
      expect(isSame(await tiers.local.load(pack.handle), pack.body)).toBe(true)
    },
  )

  it('is local again once it is saved again', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, pack)
    await evictPack(tiers, pack.handle.name)
    await tiers.cache.save(pack.handle, pack.body)
    expect(tiers.journal.files.find(pack.handle)?.state).toBe('verified')
    expect(isSame(await tiers.local.load(pack.handle), pack.body)).toBe(true)
  })
})

describe('a local tier that has vanished', () => {
  it('leaves what the cloud has to be read, and names what it has not', async () => {
    const { tiers, pack } = await openWithPack()
    const config = await tiers.cache.load({ kind: 'config', name: '' })
    await send(tiers, { handle: { kind: 'config', name: '' }, body: config })
    const evicted = await saveMade(tiers.cache, 'pack')
    const only = await saveMade(tiers.cache, 'snapshot')
    for (const each of [pack, evicted]) await send(tiers, each)
    await evictPack(tiers, evicted.handle.name)
    await rm(tiers.local.location, { recursive: true })

    for (const { handle: each, body } of [pack, evicted]) expect(isSame(await tiers.cache.load(each), body)).toBe(true)
    expect(isSame(await tiers.cache.load({ kind: 'config', name: '' }), config)).toBe(true)
    const failure = { code: 'storage/unreachable', retryable: true, message: expect.stringContaining(only.handle.name) }
    await expect(tiers.cache.load(only.handle)).rejects.toMatchObject(failure)
    await expect(tiers.cache.list('lock')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'storage/unreachable',
    })
    expect(tiers.healed).toEqual([])
    // On the bare mount point nothing is made.
    await expect(tiers.local.stat({ kind: 'config', name: '' })).rejects.toMatchObject({ code: 'storage/not-found' })
    expect(await listNames(tiers.cache, 'snapshot')).toEqual([only.handle.name])
  })

  it('does not pass for an empty repository where its journal has gone, too', async () => {
    const { tiers, pack } = await openWithPack()
    await send(tiers, {
      handle: { kind: 'config', name: '' },
      body: await tiers.cache.load({ kind: 'config', name: '' }),
    })
    const folder = join(tiers.folder, 'cache')
    await rm(folder, { recursive: true })
    mkdirSync(folder)
    const failure = { code: 'storage/unreachable' }
    const { cache } = tiers.reopen()
    for (const attempt of [
      () => cache.prepare(),
      () => cache.load(pack.handle),
      () => cache.save(pack.handle, pack.body),
      () => cache.remove(pack.handle),
      () => cache.stat({ kind: 'config', name: '' }),
      () => listNames(cache, 'pack'),
      () => listNames(cache, 'config'),
    ]) {
      await expect(attempt()).rejects.toMatchObject(failure)
    }
  })

  it('says that there is no repository where there never was one', async () => {
    const tiers = await openTiers()
    await expect(tiers.cache.stat({ kind: 'config', name: '' })).rejects.toMatchObject({ code: 'storage/not-found' })
    await expect(tiers.cache.load(handle('pack', 1))).rejects.toMatchObject({ code: 'storage/not-found' })
  })
})
