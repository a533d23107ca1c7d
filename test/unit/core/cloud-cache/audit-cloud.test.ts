import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { SeenFiles } from '../../../../core/cloud-cache/audit/seen-files.ts'
import { auditCloud, evict, syncCache } from '../../../../core/cloud-cache/index.ts'
import { openTiers, saveConfig, saveMade, type Saved, type Tiers } from '../../../support/cache-tiers.ts'

interface Scene {
  readonly tiers: Tiers
  readonly packs: readonly Saved[]
  readonly snapshots: readonly Saved[]
}

/** Two recovery points, all of it in the cloud: the first needs the first pack, the second both. The second pack is in the cloud alone. */
async function openScene(): Promise<Scene> {
  const tiers = await openTiers()
  const { cache, journal } = tiers
  await saveConfig(cache)
  const packs = [await saveMade(cache, 'pack'), await saveMade(cache, 'pack')]
  await saveMade(cache, 'index')
  const snapshots = [await saveMade(cache, 'snapshot'), await saveMade(cache, 'snapshot')]
  await sync(tiers)
  const names = packs.map(({ handle }) => handle.name)
  journal.needs.save(snapshots[0]?.handle.name ?? '', names.slice(0, 1), 0)
  journal.needs.save(snapshots[1]?.handle.name ?? '', names, 0)
  const [, second] = packs
  if (second) {
    journal.files.markEvictable([second.handle.name])
    await evict(tiers, second.handle)
  }
  return { tiers, packs, snapshots }
}

const sync = ({ journal, local, cloud }: Tiers) => syncCache({ journal, local, cloud })
const audit = ({ journal, cloud }: Tiers) => auditCloud({ journal, cloud })
const handleAt = (saved: readonly Saved[], at: number) => {
  const found = saved[at]
  if (!found) throw new Error('there is none')
  return found.handle
}

describe('the cloud, held against the journal', () => {
  it('has all that it should have', async () => {
    const { tiers } = await openScene()
    expect(await audit(tiers)).toEqual({ there: 6, toSend: [], lost: [], hurt: [], foreign: [] })
  })

  it('lacks what the cache has: that is sent again, and names who needs it', async () => {
    const { tiers, packs, snapshots } = await openScene()
    const gone = handleAt(packs, 0)
    await tiers.cloud.remove(gone)
    const report = await audit(tiers)
    expect(report.toSend).toMatchObject([gone])
    expect(report.lost).toEqual([])
    expect(report.hurt).toEqual(
      snapshots.map(({ handle }) => ({ snapshot: handle.name, isLost: false })).toSorted(bySnapshot),
    )
    expect(tiers.journal.files.find(gone)?.state).toBe('local')
    expect(await sync(tiers)).toMatchObject({ files: 1 })
    expect(await audit(tiers)).toMatchObject({ there: 6, toSend: [], lost: [] })
  })

  it('lacks what it alone had: nobody refers to it any more, and the points that need it are named', async () => {
    const { tiers, packs, snapshots } = await openScene()
    const gone = handleAt(packs, 1)
    await tiers.cloud.remove(gone)
    const report = await audit(tiers)
    expect(report.lost).toMatchObject([gone])
    expect(report.hurt).toEqual([{ snapshot: handleAt(snapshots, 1).name, isLost: true }])
    expect(tiers.journal.files.find(gone)).toBeUndefined()
    const packsOfVault: string[] = []
    for await (const { name } of tiers.cache.list('pack')) packsOfVault.push(name)
    expect(packsOfVault).toEqual([handleAt(packs, 0).name])
    // Somebody has to look again at what it needs, and nobody else's answer is in doubt.
    const places = tiers.journal.needs.places()
    expect(snapshots.map(({ handle }) => tiers.journal.needs.isStale(handle.name, places))).toEqual([false, true])
  })

  it('has a file in another length: that counts for nothing', async () => {
    const { tiers, packs } = await openScene()
    const cut = handleAt(packs, 0)
    await tiers.cloud.remove(cut)
    await tiers.cloud.save(cut, new Uint8Array(7))
    expect((await audit(tiers)).toSend).toMatchObject([cut])
  })

  it('tells of a snapshot and a lock that are not of this cache', async () => {
    const { tiers } = await openScene()
    const lock = await saveMade(tiers.cloud, 'lock')
    const snapshot = await saveMade(tiers.cloud, 'snapshot')
    expect((await audit(tiers)).foreign).toEqual([lock.handle, snapshot.handle])
  })

  it('is not believed where the repository as a whole is not there, as of a share that is not mounted', async () => {
    const { tiers } = await openScene()
    for (const kind of ['config', 'pack', 'index', 'snapshot'] as const)
      for await (const { name } of tiers.cloud.list(kind)) await tiers.cloud.remove({ kind, name })
    await expect(audit(tiers)).rejects.toMatchObject({ code: 'storage/unreachable' })
    expect(tiers.journal.files.totals()).toMatchObject({ local: { files: 0 }, evicted: { files: 1 } })
  })

  it('is asked once more for what came after its list had gone by', async () => {
    const { tiers, packs } = await openScene()
    const late = handleAt(packs, 0)
    const cloud = {
      ...tiers.cloud,
      connections: 2,
      location: 'a cloud',
      stat: tiers.cloud.stat.bind(tiers.cloud),
      async *list(...args: Parameters<typeof tiers.cloud.list>) {
        for await (const info of tiers.cloud.list(...args)) if (info.name !== late.name) yield info
      },
    } as typeof tiers.cloud
    expect(await auditCloud({ journal: tiers.journal, cloud })).toMatchObject({ there: 6, toSend: [] })
  })

  it('leaves a file alone that was removed since somebody looked', async () => {
    const { tiers, packs } = await openScene()
    const gone = handleAt(packs, 0)
    const file = tiers.journal.files.find(gone)
    if (!file) throw new Error('there is none')
    tiers.journal.removed(gone)
    expect(tiers.journal.lostInCloud(file)).toBeUndefined()
    expect(tiers.journal.files.find(gone)).toBeUndefined()
  })
})

it('files that were seen are those that were said', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(100_000), { maxLength: 50 }), fc.nat(100_000), (ids, other) => {
      const seen = new SeenFiles()
      for (const id of ids) seen.add(id)
      for (const id of ids) expect(seen.has(id)).toBe(true)
      expect(seen.has(other)).toBe(ids.includes(other))
    }),
  )
})

function bySnapshot(one: { snapshot: string }, other: { snapshot: string }): number {
  return one.snapshot < other.snapshot ? -1 : 1
}
