import { describe, expect, it } from 'vitest'

import {
  type CachedFile,
  type EvictionDone,
  executeEviction,
  openCacheStorage,
  planEviction,
} from '../../../../core/cloud-cache/index.ts'
import { changeStorage } from '../../../../core/storage/index.ts'
import { isSame, listNames, randomBody } from '../../../conformance/fixture.ts'
import { openTiers, type Saved, saveMade, send, type Tiers } from '../../../support/cache-tiers.ts'

const PACK = 200_000

/** Data packs that the cloud has. */
async function verified(tiers: Tiers, count: number): Promise<Saved[]> {
  const packs: Saved[] = []
  for (let pack = 0; pack < count; pack++) {
    const saved = await saveMade(tiers.cache, 'pack', randomBody(PACK))
    await send(tiers, saved)
    tiers.journal.files.markEvictable([saved.handle.name])
    packs.push(saved)
  }
  return packs
}

const planAll = ({ journal }: Tiers): { readonly files: readonly CachedFile[] } =>
  planEviction(journal, { capacity: 1, highMark: 1, lowMark: 1, hot: new Set() })
const stateOf = ({ journal }: Tiers, { handle }: Saved) => journal.files.find(handle)?.state

describe('an eviction', () => {
  it('leaves to the cloud what was planned, and tells after each how far it is', async () => {
    const tiers = await openTiers()
    const packs = await verified(tiers, 3)
    const told: EvictionDone[] = []
    const done = await executeEviction(planAll(tiers), { ...tiers, onProgress: (each) => told.push(each) })
    expect(done).toEqual({ files: 3, bytes: 3 * PACK, passedOver: 0 })
    expect(told.map(({ files }) => files)).toEqual([1, 2, 3])
    expect(await listNames(tiers.local, 'pack')).toEqual([])
    for (const { handle, body } of packs) expect(isSame(await tiers.cache.load(handle), body)).toBe(true)
    expect(planAll(tiers).files).toEqual([])
  })

  it('passes over what is not as it was planned: read, removed, stored anew, or lost in the cloud (CC-15)', async () => {
    const tiers = await openTiers()
    const [read, removed, lost, other] = await verified(tiers, 4)
    if (!read || !removed || !lost || !other) throw new Error('no packs')
    const plan = planAll(tiers)
    tiers.clock.pass(2 * 3_600_000)
    await tiers.cache.load(read.handle)
    await tiers.cache.remove(removed.handle)
    tiers.journal.move(lost.handle, 'local')
    expect(await executeEviction(plan, tiers)).toEqual({ files: 1, bytes: PACK, passedOver: 3 })
    expect([read, removed, lost, other].map((each) => stateOf(tiers, each))).toEqual([
      'verified',
      undefined,
      'local',
      'evicted',
    ])
    expect(isSame(await tiers.local.load(lost.handle), lost.body)).toBe(true)
  })

  it('ends where it is stopped, and what went is told by the journal', async () => {
    const tiers = await openTiers()
    const packs = await verified(tiers, 3)
    const stop = new AbortController()
    const ending = executeEviction(planAll(tiers), { ...tiers, signal: stop.signal, onProgress: () => stop.abort() })
    await expect(ending).rejects.toMatchObject({ name: 'AbortError' })
    const states = packs.map((each) => stateOf(tiers, each))
    expect(states.filter((state) => state === 'evicted')).toHaveLength(1)
    expect(states.filter((state) => state === 'verified')).toHaveLength(2)
  })

  it('gives whoever reads meanwhile the right bytes, wherever in the reading the pack goes', async () => {
    for (const when of ['before', 'after'] as const) {
      const tiers = await openTiers()
      const [pack] = await verified(tiers, 1)
      if (!pack) throw new Error('no pack')
      const plan = planAll(tiers)
      let evictions = 0
      const load: typeof tiers.local.load = async (handle, options) => {
        const evictNow = async (): Promise<void> => {
          if (evictions > 0) return
          evictions += (await executeEviction(plan, tiers)).files
        }
        if (when === 'before') await evictNow()
        const body = await tiers.local.load(handle, options)
        if (when === 'after') await evictNow()
        return body
      }
      const reading = openCacheStorage({ ...tiers, local: changeStorage(tiers.local, { load }) })
      for (const [offset, length] of [
        [0, PACK],
        [70_000, 90_000],
      ] as const) {
        const body = await reading.load(pack.handle, { offset, length })
        expect(isSame(body, pack.body.subarray(offset, offset + length))).toBe(true)
      }
      expect([evictions, stateOf(tiers, pack)]).toEqual([1, 'evicted'])
      expect(tiers.healed).toEqual([])
    }
  })

  it('goes on beside many readers, none of which gets anything else than what was stored', async () => {
    const tiers = await openTiers()
    const packs = await verified(tiers, 12)
    const plan = planAll(tiers)
    const evicting = { isOver: false }
    const reading = Array.from({ length: 4 }, async (_, reader) => {
      let reads = 0
      for (let at = reader; !evicting.isOver || reads < packs.length; at++) {
        const { handle, body } = packs[at % packs.length] ?? expect.unreachable()
        const offset = (at * 7919) % (PACK - 50_000)
        const part = await tiers.cache.load(handle, { offset, length: 50_000 })
        expect(isSame(part, body.subarray(offset, offset + 50_000))).toBe(true)
        reads++
      }
    })
    const done = await executeEviction(plan, tiers)
    evicting.isOver = true
    await Promise.all(reading)
    expect(done).toEqual({ files: 12, bytes: 12 * PACK, passedOver: 0 })
    expect(tiers.damaged).toEqual([])
    expect(await listNames(tiers.local, 'pack')).toEqual([])
  })

  it('lets a pack be stored again that has gone: it is in both tiers then', async () => {
    const tiers = await openTiers()
    const [pack] = await verified(tiers, 1)
    if (!pack) throw new Error('no pack')
    await executeEviction(planAll(tiers), tiers)
    await tiers.cache.save(pack.handle, pack.body)
    expect(stateOf(tiers, pack)).toBe('verified')
    expect(isSame(await tiers.local.load(pack.handle), pack.body)).toBe(true)
  })
})
