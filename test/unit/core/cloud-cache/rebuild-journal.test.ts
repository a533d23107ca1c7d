import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { type CacheDamage, evict, rebuildJournal } from '../../../../core/cloud-cache/index.ts'
import { changeStorage } from '../../../../core/storage/index.ts'
import { CONFIG, isSame, listNames, randomBody } from '../../../conformance/fixture.ts'
import { flipBit, made, openTiers, saveConfig, saveMade, send, type Tiers } from '../../../support/cache-tiers.ts'

/** The journal's file is gone, and all else is there. */
function loseJournal(tiers: Tiers): Tiers {
  tiers.journal.close()
  const folder = join(tiers.folder, 'cache')
  for (const file of readdirSync(folder)) if (file.startsWith('journal')) rmSync(join(folder, file))
  return tiers.reopen()
}

async function openSent(): Promise<Tiers> {
  const tiers = await openTiers()
  await send(tiers, await saveConfig(tiers.cache))
  return tiers
}

const NONE = { local: 0, uploaded: 0, evicted: 0, fetched: 0, damaged: 0, tombstones: 0 }

describe('a rebuilt journal', () => {
  it('has to be asked for, and then knows each file by where it is', async () => {
    const tiers = await openSent()
    const only = await saveMade(tiers.cache, 'pack')
    const both = await saveMade(tiers.cache, 'snapshot')
    const evicted = await saveMade(tiers.cache, 'pack')
    const torn = await saveMade(tiers.cache, 'index')
    await send(tiers, both)
    await send(tiers, evicted)
    tiers.journal.files.markEvictable([evicted.handle.name])
    await evict(tiers, evicted.handle)
    await tiers.cloud.save(torn.handle, torn.body.subarray(1))
    await tiers.cache.save({ kind: 'lock', name: only.handle.name }, randomBody(3))

    const after = loseJournal(tiers)
    await expect(after.cache.prepare()).rejects.toMatchObject({ code: 'storage/unreachable' })
    expect(await rebuildJournal(after)).toEqual({ ...NONE, local: 2, uploaded: 2, evicted: 1 })
    await after.cache.prepare()
    const states = [CONFIG, only.handle, both.handle, evicted.handle, torn.handle].map(
      (each) => after.journal.files.find(each)?.state,
    )
    expect(states).toEqual(['uploaded', 'local', 'uploaded', 'evicted', 'local'])
    for (const { handle, body } of [only, both, evicted, torn]) {
      expect(isSame(await after.cache.load(handle), body)).toBe(true)
      expect(isSame(await after.cache.load(handle, { offset: 3, length: 4 }), body.subarray(3, 7))).toBe(true)
    }
  })

  it('brings down what belongs in the local tier, where all of that is new', async () => {
    const tiers = await openSent()
    const files = await Promise.all(
      (['key', 'index', 'snapshot', 'pack'] as const).map((kind) => saveMade(tiers.cache, kind)),
    )
    for (const each of files) await send(tiers, each)
    rmSync(tiers.local.location, { recursive: true })
    const after = loseJournal(tiers)
    expect(await rebuildJournal(after)).toEqual({ ...NONE, fetched: 4, evicted: 1 })
    for (const { handle, body } of files) {
      expect(isSame(await after.cache.load(handle), body)).toBe(true)
      expect(await listNames(after.local, handle.kind)).toEqual(handle.kind === 'pack' ? [] : [handle.name])
      expect(after.journal.files.find(handle)?.state).toBe(handle.kind === 'pack' ? 'evicted' : 'verified')
    }
    expect(await listNames(after.local, 'config')).toEqual([''])
  })

  it('names a file that is damaged in the cloud, lists it, and never hands it out', async () => {
    const tiers = await openSent()
    const index = await saveMade(tiers.cache, 'index')
    await send(tiers, index)
    rmSync(tiers.local.location, { recursive: true })
    await flipBit(tiers.cloud, index.handle, 5)
    const after = loseJournal(tiers)
    const damaged: CacheDamage[] = []
    const report = await rebuildJournal({ ...after, onDamaged: (each) => damaged.push(each) })
    expect(report).toEqual({ ...NONE, fetched: 1, damaged: 1 })
    expect(damaged).toMatchObject([{ handle: index.handle, error: { code: 'storage/damaged' } }])
    expect(await listNames(after.cache, 'index')).toEqual([index.handle.name])
    await expect(after.cache.load(index.handle)).rejects.toMatchObject({ code: 'storage/damaged' })
  })

  it('heals a local copy that was damaged, of which it knows no sums', async () => {
    const tiers = await openSent()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    await flipBit(tiers.local, pack.handle, 50)
    const after = loseJournal(tiers)
    await rebuildJournal(after)
    expect(isSame(await after.cache.load(pack.handle, { length: 9 }), pack.body.subarray(0, 9))).toBe(true)
    expect(after.healed).toHaveLength(1)
    expect(isSame(await after.local.load(pack.handle), pack.body)).toBe(true)
  })

  it('hands out no wrong bytes of a local copy of which it knows no sums', async () => {
    const tiers = await openSent()
    const pack = await saveMade(tiers.cache, 'pack')
    await flipBit(tiers.local, pack.handle, 50)
    const after = loseJournal(tiers)
    await rebuildJournal(after)
    await expect(after.cache.load(pack.handle, { length: 9 })).rejects.toMatchObject({ code: 'storage/damaged' })
  })

  it('owes the cloud the deletions that were owed, and takes away what a kill left of them', async () => {
    const tiers = await openSent()
    const [gone, half, back] = await Promise.all([1, 2, 3].map(() => saveMade(tiers.cache, 'pack')))
    if (!gone || !half || !back) throw new Error('three were made')
    for (const each of [gone, half, back]) {
      await send(tiers, each)
      await tiers.cache.remove(each.handle)
    }
    // As if it had been killed before the local copy went.
    await tiers.local.save(half.handle, half.body)
    await tiers.cache.save(back.handle, back.body)
    const after = loseJournal(tiers)
    expect(await rebuildJournal(after)).toEqual({ ...NONE, uploaded: 2, tombstones: 2 })
    expect(await listNames(after.cache, 'pack')).toEqual([back.handle.name])
    expect(await listNames(after.local, 'pack')).toEqual([back.handle.name])
    const owed = after.journal.tombstones.next(9).map(({ name }) => name)
    expect(owed.toSorted()).toEqual([gone.handle.name, half.handle.name].toSorted())
  })

  it('keeps a file that was saved again while its deletion went on', async () => {
    const tiers = await openSent()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    await tiers.cache.remove(pack.handle)
    tiers.journal.tombstones.begin(pack.handle)
    await tiers.cache.save(pack.handle, pack.body)
    // The journal is there, and only not trusted.
    await rebuildJournal(tiers)
    expect(await listNames(tiers.cache, 'pack')).toEqual([pack.handle.name])
    expect(isSame(await tiers.cache.load(pack.handle), pack.body)).toBe(true)
  })

  it('is not taken for one before it is whole', async () => {
    const tiers = await openSent()
    await saveMade(tiers.cache, 'pack')
    const away = changeStorage(tiers.cloud, {
      list() {
        throw new CoreError('storage/unreachable', 'no network', { retryable: true })
      },
    })
    const after = loseJournal(tiers)
    await expect(rebuildJournal({ ...after, cloud: away })).rejects.toMatchObject({ code: 'storage/unreachable' })
    await expect(listNames(after.cache, 'pack')).rejects.toMatchObject({ code: 'storage/unreachable' })
    expect(await rebuildJournal(after)).toEqual({ ...NONE, local: 1, uploaded: 1 })
    expect(await listNames(after.cache, 'pack')).toHaveLength(1)
  })

  it('is refused where cache and cloud hold two repositories', async () => {
    const tiers = await openTiers()
    await saveConfig(tiers.cache)
    await tiers.cloud.save(CONFIG, randomBody(155))
    await tiers.cloud.save(made('pack').handle, randomBody(5))
    await expect(rebuildJournal(tiers)).rejects.toMatchObject({ code: 'storage/refused' })
    expect(await listNames(tiers.cache, 'config')).toEqual([''])
  })

  it('is not begun where nobody wants it any more', async () => {
    const tiers = await openSent()
    await expect(rebuildJournal({ ...tiers, signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    expect(tiers.journal.isBuilt()).toBe(true)
  })

  it('pages through more files than are in memory at once', async () => {
    const tiers = await openSent()
    const files = Array.from({ length: 2500 }, (_, number) => made('index', Buffer.from(`body ${number}`)))
    for (const { handle, body } of files) await tiers.local.save(handle, body)
    for (const { handle, body } of files.slice(0, 1200)) await tiers.cloud.save(handle, body)
    expect(await rebuildJournal(tiers)).toEqual({ ...NONE, local: 1300, uploaded: 1201 })
    expect(await listNames(tiers.cache, 'index')).toEqual(files.map(({ handle }) => handle.name).toSorted())
  })
})
