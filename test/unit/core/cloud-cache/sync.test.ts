import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { openCacheStorage, syncCache, type SyncOptions, type SyncResult } from '../../../../core/cloud-cache/index.ts'
import { changeStorage, describeHandle, type Handle, type Storage } from '../../../../core/storage/index.ts'
import { handle, listNames, randomBody } from '../../../conformance/fixture.ts'
import { flipBit, lose, openTiers, saveConfig, saveMade, send, type Tiers } from '../../../support/cache-tiers.ts'

type Change = Partial<Storage>

function sync(tiers: Tiers, change: Change = {}, more: Partial<SyncOptions> = {}): Promise<SyncResult> {
  const { journal, local, cloud } = tiers
  return syncCache({ journal, local, cloud: changeStorage(cloud, change), ...more })
}

/** A pack, an index that comes after it, and a snapshot that comes after both. */
async function saveBackup({ cache }: Tiers): Promise<{ pack: Handle; index: Handle; snapshot: Handle }> {
  const { handle: pack } = await saveMade(cache, 'pack')
  const { handle: index } = await saveMade(cache, 'index')
  const { handle: snapshot } = await saveMade(cache, 'snapshot')
  return { pack, index, snapshot }
}

/** What is asked of the cloud, in the order in which it was done there. */
function recorded({ cloud }: Tiers): { readonly done: string[]; readonly change: Change } {
  const done: string[] = []
  return {
    done,
    change: {
      save: async (file, body, options) => {
        await cloud.save(file, body, options)
        done.push(`save ${file.kind}`)
      },
      stat: async (file, options) => {
        const stat = await cloud.stat(file, options)
        done.push(`see ${file.kind}`)
        return stat
      },
      remove: async (file, options) => {
        await cloud.remove(file, options)
        done.push(`remove ${file.kind}`)
      },
    },
  }
}

const BROKEN = new CoreError('storage/unreachable', 'the connection broke', { retryable: true })

describe('a sync of the cache', () => {
  it('sends and deletes nothing where the vault is somebody else’s by now', async () => {
    const tiers = await openTiers()
    await saveConfig(tiers.cache)
    const { pack } = await saveBackup(tiers)
    const lost = new CoreError('cache/not-owner', 'another appliance owns it')
    const { done, change } = recorded(tiers)
    const refused = { hold: () => Promise.reject(lost), look: () => Promise.reject(lost) }
    await expect(sync(tiers, change, { lease: refused })).rejects.toBe(lost)
    expect(done).toEqual([])
    await sync(tiers)
    await tiers.cache.remove(pack)
    // As it began it was the owner.
    const lostMeanwhile = { hold: () => Promise.resolve(), look: () => Promise.reject(lost) }
    await expect(sync(tiers, change, { lease: lostMeanwhile })).rejects.toBe(lost)
    expect(done).toEqual([])
    let asked = 0
    await sync(tiers, change, { lease: { hold: () => Promise.resolve(), look: async () => void asked++ } })
    expect({ asked, done }).toEqual({ asked: 1, done: ['remove pack'] })
  })

  it('brings packs, then indexes, then snapshots, each only when all before it is seen in the cloud', async () => {
    const tiers = await openTiers()
    await saveConfig(tiers.cache)
    await saveMade(tiers.cache, 'key')
    await saveBackup(tiers)
    await saveBackup(tiers)
    const { done, change } = recorded(tiers)
    expect(await sync(tiers, change)).toMatchObject({ files: 8, damaged: [], foreign: [] })
    const first = (what: string): number => done.indexOf(what)
    expect(done.lastIndexOf('see pack')).toBeLessThan(first('save index'))
    expect(done.lastIndexOf('see index')).toBeLessThan(first('save snapshot'))
    expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 8 }, local: { files: 0 } })
    for (const kind of ['config', 'key', 'pack', 'index', 'snapshot'] as const)
      expect(await listNames(tiers.cloud, kind)).toEqual(await listNames(tiers.cache, kind))
    expect(await sync(tiers, change)).toMatchObject({ files: 0, bytes: 0, deletions: 0 })
  })

  it('never lets a snapshot into the cloud that could not be restored there, wherever it breaks off', async () => {
    for (let breaksAt = 0; breaksAt < 16; breaksAt++) {
      const tiers = await openTiers()
      const backups = [await saveBackup(tiers), await saveBackup(tiers)]
      let requests = 0
      const breaking = async (): Promise<void> => {
        if (requests++ === breaksAt) throw BROKEN
      }
      await sync(tiers, {
        save: async (file, body) => {
          await breaking()
          await tiers.cloud.save(file, body)
        },
        stat: async (file) => {
          await breaking()
          return tiers.cloud.stat(file)
        },
      }).catch(() => undefined)
      for (const { pack, index, snapshot } of backups) {
        const has = async (file: Handle): Promise<boolean> =>
          (await listNames(tiers.cloud, file.kind)).includes(file.name)
        if (await has(snapshot)) expect([await has(index), await has(pack)]).toEqual([true, true])
        if (await has(index)) expect(await has(pack)).toBe(true)
      }
      await sync(tiers)
      expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 6 } })
    }
  })

  it('nor one whose packs a prune has made anew before they were sent', async () => {
    for (let breaksAt = 0; breaksAt < 8; breaksAt++) {
      const tiers = await openTiers()
      const old = await saveBackup(tiers)
      const { handle: pack } = await saveMade(tiers.cache, 'pack')
      const { handle: index } = await saveMade(tiers.cache, 'index')
      await tiers.cache.remove(old.index)
      await tiers.cache.remove(old.pack)
      let requests = 0
      const breaking = async (): Promise<void> => {
        if (requests++ === breaksAt) throw BROKEN
      }
      await sync(tiers, {
        save: async (file, body) => {
          await breaking()
          await tiers.cloud.save(file, body)
        },
        stat: async (file) => {
          await breaking()
          return tiers.cloud.stat(file)
        },
      }).catch(() => undefined)
      const has = async (file: Handle): Promise<boolean> =>
        (await listNames(tiers.cloud, file.kind)).includes(file.name)
      if (await has(old.snapshot)) expect([await has(index), await has(pack)]).toEqual([true, true])
      await sync(tiers)
      expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 3 } })
    }
  })

  it.each(['before', 'after'])(
    'sends nothing twice that has arrived, where it is killed %s the cloud has answered (CC-16)',
    async (when) => {
      const tiers = await openTiers()
      await saveConfig(tiers.cache)
      await saveBackup(tiers)
      const arrived = new Map<string, number>()
      for (let kill = 0; kill < 6; kill++) {
        let saves = 0
        const killed = sync(tiers, {
          save: async (file, body) => {
            if (saves++ === 1 && when === 'before') throw BROKEN
            const before = arrived.get(describeHandle(file)) ?? 0
            await tiers.cloud.save(file, body)
            arrived.set(describeHandle(file), before + 1)
            if (before === 0 && when === 'after') throw BROKEN
          },
        })
        await killed.catch((error: unknown) => expect(error).toBe(BROKEN))
        tiers.journal.close()
        Object.assign(tiers, tiers.reopen())
      }
      expect([...arrived.values()]).toEqual([1, 1, 1, 1])
      await sync(tiers)
      expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 4 } })
    },
  )

  it('sends again what the cloud has only a part of', async () => {
    const tiers = await openTiers()
    const { handle: pack, body } = await saveMade(tiers.cache, 'pack')
    await tiers.cloud.save(pack, body.subarray(0, 10))
    tiers.journal.move(pack, 'uploading')
    expect(await sync(tiers)).toMatchObject({ files: 1 })
    expect((await tiers.cloud.stat(pack)).size).toBe(body.byteLength)
  })

  it('ends where the cloud takes a file and does not keep it', async () => {
    const tiers = await openTiers()
    await saveBackup(tiers)
    await expect(sync(tiers, { save: async () => undefined })).rejects.toMatchObject({
      code: 'storage/unreachable',
      message: expect.stringContaining('has not kept it') as unknown,
    })
    expect(await listNames(tiers.cloud, 'index')).toEqual([])
    expect(await sync(tiers)).toMatchObject({ files: 3 })
  })

  it('does not send what is damaged here, nor what refers to it, and names it', async () => {
    const tiers = await openTiers()
    const whole = await saveBackup(tiers)
    const broken = await saveBackup(tiers)
    await flipBit(tiers.local, broken.pack, 50)
    const told: Handle[] = []
    const { damaged } = await sync(tiers, {}, { onDamaged: (file) => told.push(file) })
    expect(damaged).toEqual([broken.pack])
    expect(told).toMatchObject([broken.pack])
    expect(await listNames(tiers.cloud, 'pack')).toEqual([whole.pack.name])
    expect(await listNames(tiers.cloud, 'index')).toEqual([whole.index.name])
    expect(await listNames(tiers.cloud, 'snapshot')).toEqual([whole.snapshot.name])
    await lose(tiers.local, broken.pack)
    expect((await sync(tiers)).damaged).toEqual([broken.pack])
  })

  it('does not send what the cloud finds to be another body than its name promises, and names it', async () => {
    const tiers = await openTiers()
    const { pack } = await saveBackup(tiers)
    const { damaged } = await sync(tiers, {
      save: async (file, body, options) => {
        if (file.kind === 'pack') throw new CoreError('storage/damaged', `it is not ${options?.sha256}`)
        await tiers.cloud.save(file, body)
      },
    })
    expect(damaged).toEqual([pack])
    expect(tiers.journal.files.find(pack)?.state).toBe('local')
    expect(await listNames(tiers.cloud, 'index')).toEqual([])
  })

  it('has a slow file hold up none that need not wait for it', async () => {
    const tiers = await openTiers()
    for (let count = 0; count < 100; count++) await saveMade(tiers.cache, 'pack')
    const { promise: allOthers, resolve: tellAllOthers } = Promise.withResolvers<undefined>()
    let begun = 0
    let arrived = 0
    await sync(tiers, {
      connections: 2,
      save: async (file, body) => {
        if (++begun === 1) await allOthers
        await tiers.cloud.save(file, body)
        if (++arrived === 99) tellAllOthers(undefined)
      },
    })
    expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 100 } })
  })

  it('holds no more bytes in memory than it may, but for a file that is larger', async () => {
    const tiers = await openTiers()
    for (const bytes of [1000, 1000, 1000, 1000, 9000, 1000, 1000])
      await saveMade(tiers.cache, 'pack', randomBody(bytes))
    const held: number[] = []
    let now = 0
    const change: Change = {
      connections: 8,
      save: async (file, body) => {
        held.push((now += body.byteLength))
        await tiers.cloud.save(file, body)
        now -= body.byteLength
      },
    }
    expect(await sync(tiers, change, { mostInMemory: 2500 })).toMatchObject({ files: 7 })
    expect(
      held
        .filter((bytes) => bytes !== 9000)
        .toSorted((a, b) => a - b)
        .at(-1),
    ).toBe(2000)
    expect(held).toContain(9000)
  })

  it('deletes what was removed only when what was stored before is in the cloud, snapshots first', async () => {
    const tiers = await openTiers()
    const old = await saveBackup(tiers)
    await sync(tiers)
    const { handle: newIndex } = await saveMade(tiers.cache, 'index')
    for (const file of [old.snapshot, old.index, old.pack]) await tiers.cache.remove(file)
    await expect(
      sync(tiers, {
        save: async () => {
          throw BROKEN
        },
      }),
    ).rejects.toBe(BROKEN)
    expect(await listNames(tiers.cloud, 'snapshot')).toEqual([old.snapshot.name])
    const { done, change } = recorded(tiers)
    expect(await sync(tiers, change)).toMatchObject({ deletions: 3 })
    expect(done.filter((what) => !what.startsWith('see'))).toEqual([
      'save index',
      'remove snapshot',
      'remove index',
      'remove pack',
    ])
    expect(await listNames(tiers.cloud, 'index')).toEqual([newIndex.name])
    expect(tiers.journal.tombstones.count()).toBe(0)
  })

  it('deletes a file that is removed while it is being sent', async () => {
    const tiers = await openTiers()
    const { handle: pack } = await saveMade(tiers.cache, 'pack')
    await sync(tiers, {
      save: async (file, body) => {
        await tiers.cloud.save(file, body)
        await tiers.cache.remove(file)
      },
    })
    expect(await listNames(tiers.cloud, 'pack')).toEqual([])
    expect(tiers.journal.files.find(pack)).toBeUndefined()
  })

  it('does not delete what is saved again before its turn has come', async () => {
    const tiers = await openTiers()
    const packs = await Promise.all([1, 2, 3, 4, 5, 6].map(() => saveMade(tiers.cache, 'pack')))
    await sync(tiers)
    for (const { handle: pack } of packs) await tiers.cache.remove(pack)
    const [last] = tiers.journal.tombstones.next(6).slice(-1)
    const again = packs.find(({ handle: pack }) => pack.name === last?.name)
    if (!again) throw new Error('nothing is to be deleted')
    await sync(tiers, {
      remove: async (file) => {
        await tiers.cache.save(again.handle, again.body)
        await tiers.cloud.remove(file)
      },
    })
    expect(await listNames(tiers.cloud, 'pack')).toEqual([again.handle.name])
    await sync(tiers)
    expect(tiers.journal.files.find(again.handle)?.state).toBe('verified')
  })

  it.each(['lock', 'snapshot'] as const)(
    'deletes nothing while a foreign %s is in the cloud, and names it',
    async (kind) => {
      const tiers = await openTiers()
      const old = await saveBackup(tiers)
      await sync(tiers)
      await tiers.cache.remove(old.snapshot)
      const foreign = handle(kind, 'somebody else')
      await tiers.cloud.save(foreign, new Uint8Array(10))
      expect(await sync(tiers)).toMatchObject({ deletions: 0, foreign: [foreign] })
      expect(await listNames(tiers.cloud, 'snapshot')).toContain(old.snapshot.name)
      await tiers.cloud.remove(foreign)
      expect(await sync(tiers)).toMatchObject({ deletions: 1, foreign: [] })
    },
  )

  it('goes by what several processes save meanwhile, and ends with the reason of whoever stops it', async () => {
    const tiers = await openTiers()
    await saveBackup(tiers)
    const { journal, local, cloud } = tiers.reopen()
    const other = openCacheStorage({ journal, local, cloud })
    let isFirst = true
    const { files } = await sync(tiers, {
      save: async (file, body) => {
        if (isFirst) await saveMade(other, 'pack')
        isFirst = false
        await tiers.cloud.save(file, body)
      },
    })
    expect(files).toBe(4)
    await saveBackup(tiers)
    const stop = new AbortController()
    const reason = new Error('enough')
    const stopped = sync(tiers, {}, { signal: stop.signal, onProgress: () => stop.abort(reason) })
    await expect(stopped).rejects.toBe(reason)
    expect(await sync(tiers)).toMatchObject({ damaged: [] })
    expect(tiers.journal.files.totals()).toMatchObject({ verified: { files: 7 } })
  })

  it('verifies what was sent and not looked at, and leaves alone what is in the cloud', async () => {
    const tiers = await openTiers()
    const saved = await saveMade(tiers.cache, 'pack')
    await send(tiers, saved, 'uploaded')
    const { done, change } = recorded(tiers)
    await sync(tiers, change)
    expect(done).toEqual(['see pack'])
    expect(tiers.journal.files.find(saved.handle)?.state).toBe('verified')
  })
})
