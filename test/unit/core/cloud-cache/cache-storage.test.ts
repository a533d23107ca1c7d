import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { evict } from '../../../../core/cloud-cache/index.ts'
import { CONFIG, handle, isSame, listNames, numberedBody, randomBody } from '../../../conformance/fixture.ts'
import { made, openTiers, saveConfig, saveMade, send, type Tiers } from '../../../support/cache-tiers.ts'
import { KILLED, type KillPoint, killAt } from '../../../support/killed-tier.ts'

const owed = ({ journal }: Tiers): string[] => journal.tombstones.next(100).map(({ name }) => name)
// Each of these changes the local tier once, so that the last of them is not killed at all.
const POINTS: readonly KillPoint[] = [
  { changes: 0, last: 'begun' },
  { changes: 0, last: 'done' },
  { changes: 1, last: 'begun' },
]

/** Has `work` done by a process that is killed at this point, and gives back the cache as the next one finds it. */
async function killedDuring(
  tiers: Tiers,
  point: KillPoint,
  work: (dying: Tiers) => Promise<unknown>,
): Promise<{ after: Tiers; wasKilled: boolean }> {
  const { storage, wasKilled } = killAt(tiers.local, point)
  const dying = { ...tiers.reopen({ local: storage }), local: storage }
  const outcome = await work(dying).then(
    () => 'done',
    (error: unknown) => error,
  )
  expect(outcome).toBe(wasKilled() ? KILLED : 'done')
  dying.journal.close()
  const after = tiers.reopen()
  await after.cache.prepare()
  return { after, wasKilled: wasKilled() }
}

describe('a cache', () => {
  it('keeps locks to itself, and tells the journal nothing of them', async () => {
    const tiers = await openTiers()
    await tiers.cache.save(handle('lock', 1), numberedBody(9, 9))
    expect(await listNames(tiers.local, 'lock')).toEqual([handle('lock', 1).name])
    await tiers.cache.remove(handle('lock', 1))
    expect([await listNames(tiers.cache, 'lock'), owed(tiers)]).toEqual([[], []])
  })

  it('tells when a file was stored, by its journal', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    expect(await tiers.cache.stat(pack.handle)).toEqual({
      name: pack.handle.name,
      size: pack.body.byteLength,
      stored: tiers.clock.now(),
    })
  })

  it('owes the cloud the deletion of what was removed, and no longer once it is saved again', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    await tiers.cache.remove(pack.handle)
    expect(owed(tiers)).toEqual([pack.handle.name])
    expect([await listNames(tiers.local, 'pack'), await listNames(tiers.cache, 'pack')]).toEqual([[], []])
    await tiers.cache.save(pack.handle, pack.body)
    expect(owed(tiers)).toEqual([])
    expect(readdirSync(join(tiers.folder, 'cache', 'tombstones'))).toEqual([])
    expect(isSame(await tiers.cache.load(pack.handle), pack.body)).toBe(true)
  })

  it('owes the deletion of an evicted file, too', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    tiers.journal.files.markEvictable([pack.handle.name])
    await evict(tiers, pack.handle)
    await tiers.cache.remove(pack.handle)
    expect(owed(tiers)).toEqual([pack.handle.name])
    await expect(tiers.cache.load(pack.handle)).rejects.toMatchObject({ code: 'storage/not-found' })
  })

  it('notes what is read as needed', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    tiers.clock.pass(2 * 60 * 60 * 1000)
    await tiers.cache.load(pack.handle, { length: 1 })
    expect(tiers.journal.files.find(pack.handle)?.neededAt).toBe(tiers.clock.now())
  })
})

describe.each(POINTS)('a cache killed when $changes changes were done and the next had $last', (point) => {
  it('has a file whole that was to be saved, or not at all', async () => {
    const tiers = await openTiers()
    const pack = made('pack', randomBody(1000))
    const { after, wasKilled } = await killedDuring(tiers, point, ({ cache }) => cache.save(pack.handle, pack.body))
    expect(await listNames(after.cache, 'pack')).toEqual(wasKilled ? [] : [pack.handle.name])
    await after.cache.save(pack.handle, pack.body)
    expect(isSame(await after.cache.load(pack.handle), pack.body)).toBe(true)
  })

  it('has a file still that was to be saved a second time', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    const { after } = await killedDuring(tiers, point, ({ cache }) => cache.save(pack.handle, pack.body))
    expect(isSame(await after.cache.load(pack.handle), pack.body)).toBe(true)
    expect(after.journal.files.find(pack.handle)?.state).toBe('verified')
  })

  it('has a config as it was stored, which is neither lost nor to be made again', async () => {
    const tiers = await openTiers()
    const body = randomBody(155)
    const { after, wasKilled } = await killedDuring(tiers, point, ({ cache }) => cache.save(CONFIG, body))
    if (wasKilled && point.last === 'begun') {
      await after.cache.save(CONFIG, body)
    } else {
      await expect(after.cache.save(CONFIG, body)).rejects.toMatchObject({ code: 'storage/exists' })
    }
    expect(isSame(await after.cache.load(CONFIG), body)).toBe(true)
  })

  it('has a file that was to be removed nowhere, and owes its deletion', async () => {
    const tiers = await openTiers()
    await saveConfig(tiers.cache)
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    const { after } = await killedDuring(tiers, point, ({ cache }) => cache.remove(pack.handle))
    expect([await listNames(after.cache, 'pack'), await listNames(after.local, 'pack')]).toEqual([[], []])
    expect(owed(after)).toEqual([])
    expect(after.journal.tombstones.count()).toBe(1)
    await send(after, { handle: CONFIG, body: await after.cache.load(CONFIG) })
    expect(owed(after)).toEqual([pack.handle.name])
  })

  it('has a file that was removed and saved again, or owes its deletion', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    await tiers.cache.remove(pack.handle)
    const { after, wasKilled } = await killedDuring(tiers, point, ({ cache }) => cache.save(pack.handle, pack.body))
    expect(owed(after)).toEqual(wasKilled ? [pack.handle.name] : [])
    expect(await listNames(after.cache, 'pack')).toEqual(wasKilled ? [] : [pack.handle.name])
  })

  it('leaves no copy of an evicted file that was to be saved again', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    tiers.journal.files.markEvictable([pack.handle.name])
    await evict(tiers, pack.handle)
    const { after, wasKilled } = await killedDuring(tiers, point, ({ cache }) => cache.save(pack.handle, pack.body))
    expect(await listNames(after.local, 'pack')).toEqual(wasKilled ? [] : [pack.handle.name])
    expect(after.journal.files.find(pack.handle)?.state).toBe(wasKilled ? 'evicted' : 'verified')
    expect(isSame(await after.cache.load(pack.handle), pack.body)).toBe(true)
  })

  it('leaves no copy of an evicted file, and can read it', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    await send(tiers, pack)
    tiers.journal.files.markEvictable([pack.handle.name])
    const { after } = await killedDuring(tiers, point, (dying) => evict(dying, pack.handle))
    expect(await listNames(after.local, 'pack')).toEqual([])
    expect(isSame(await after.cache.load(pack.handle), pack.body)).toBe(true)
    expect(after.journal.files.evictedWithCopy()).toEqual([])
  })
})

describe('what a kill left of a removal', () => {
  it('does not take a file with it that was saved again since', async () => {
    const tiers = await openTiers()
    const pack = await saveMade(tiers.cache, 'pack')
    tiers.journal.move(pack.handle, 'uploading')
    const { storage } = killAt(tiers.local, { changes: 0, last: 'begun' })
    const dying = tiers.reopen({ local: storage })
    await expect(dying.cache.remove(pack.handle)).rejects.toBe(KILLED)
    const after = tiers.reopen()
    await after.cache.save(pack.handle, pack.body)
    await after.cache.prepare()
    expect(isSame(await after.cache.load(pack.handle), pack.body)).toBe(true)
  })
})
