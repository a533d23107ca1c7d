import { describe, expect, it } from 'vitest'

import type { FileKind, Storage } from '../../core/storage/index.ts'
import { CONFIG, handle, isSame, listAll, listNames, numberedBody, randomBody } from './fixture.ts'
import { describeReading } from './storage-reading.ts'

const KINDS: readonly FileKind[] = ['key', 'lock', 'snapshot', 'index', 'pack']

/** The executable form of the comment on `Storage`. `open` makes an empty storage, not yet prepared, for each test. */
export function describeStorage(name: string, open: () => Promise<Storage> | Storage): void {
  const openPrepared = async (): Promise<Storage> => {
    const storage = await open()
    await storage.prepare()
    return storage
  }

  describeReading(name, async () => {
    const storage = await openPrepared()
    return { storage, writer: storage }
  })

  describe(`${name} saves and removes as a storage`, () => {
    it('may be prepared again without losing a file', async () => {
      const storage = await openPrepared()
      await storage.save(handle('key', 1), randomBody(10))
      await storage.prepare()
      expect(await listNames(storage, 'key')).toEqual([handle('key', 1).name])
    })

    it.each(KINDS)('keeps files of kind %s apart from those of other kinds', async (kind) => {
      const storage = await openPrepared()
      await storage.save(handle(kind, 1), randomBody(10))
      for (const other of KINDS) expect(await listAll(storage, other)).toHaveLength(other === kind ? 1 : 0)
      await expect(storage.stat({ ...handle(kind, 1), kind: kind === 'key' ? 'lock' : 'key' })).rejects.toMatchObject({
        code: 'storage/not-found',
      })
    })

    it('saves the same handle twice, one after the other', async () => {
      const storage = await openPrepared()
      const body = randomBody(1000)
      await storage.save(handle('pack', 1), body)
      await storage.save(handle('pack', 1), body)
      expect(isSame(await storage.load(handle('pack', 1)), body)).toBe(true)
      expect(await listAll(storage, 'pack')).toHaveLength(1)
    })

    it('saves the same handle many times at once', async () => {
      const storage = await openPrepared()
      const body = randomBody(100_000)
      await Promise.all(Array.from({ length: 20 }, () => storage.save(handle('pack', 1), body)))
      expect(isSame(await storage.load(handle('pack', 1)), body)).toBe(true)
      expect(await listAll(storage, 'pack')).toEqual([{ name: handle('pack', 1).name, size: 100_000 }])
    })

    it('saves many files at once without mixing them up', async () => {
      const storage = await openPrepared()
      const bodies = Array.from({ length: 100 }, (_, number) => numberedBody(5000 + number, number))
      await Promise.all(bodies.map((body, number) => storage.save(handle('pack', number), body)))
      const loaded = await Promise.all(bodies.map((_, number) => storage.load(handle('pack', number))))
      expect(loaded.every((body, number) => isSame(body, bodies[number] ?? body.subarray(1)))).toBe(true)
      expect(await listAll(storage, 'pack')).toHaveLength(100)
    })

    it('saves shared memory, and only the part that the body is a view on', async () => {
      const storage = await openPrepared()
      const shared = new Uint8Array(new SharedArrayBuffer(3000))
      shared.set(randomBody(3000))
      const expected = shared.slice(1000, 2000)
      await storage.save(handle('pack', 1), shared.subarray(1000, 2000))
      shared.fill(0)
      expect(isSame(await storage.load(handle('pack', 1)), expected)).toBe(true)
    })

    it('keeps what was saved when the body changes afterwards', async () => {
      const storage = await openPrepared()
      const body = numberedBody(100, 7)
      await storage.save(handle('pack', 1), body)
      body.fill(8)
      expect(isSame(await storage.load(handle('pack', 1)), numberedBody(100, 7))).toBe(true)
    })

    it('refuses a second config and keeps the first', async () => {
      const storage = await openPrepared()
      await storage.save(CONFIG, numberedBody(100, 1))
      await expect(storage.save(CONFIG, numberedBody(100, 2))).rejects.toMatchObject({ code: 'storage/exists' })
      await expect(storage.save(CONFIG, numberedBody(100, 1))).rejects.toMatchObject({ code: 'storage/exists' })
      expect(isSame(await storage.load(CONFIG), numberedBody(100, 1))).toBe(true)
    })

    it('lets exactly one of many win that save a config at once', async () => {
      const storage = await openPrepared()
      const saves = Array.from({ length: 20 }, (_, number) => storage.save(CONFIG, numberedBody(100, number)))
      const results = await Promise.allSettled(saves)
      const winners = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [number] : []))
      expect(winners).toHaveLength(1)
      expect(isSame(await storage.load(CONFIG), numberedBody(100, winners[0] ?? -1))).toBe(true)
      const losers = results.filter((result) => result.status === 'rejected')
      expect(losers.every(({ reason }) => reason.code === 'storage/exists')).toBe(true)
    })

    it('removes a file, after which nobody sees it and it can be saved again', async () => {
      const storage = await openPrepared()
      await storage.save(handle('lock', 1), randomBody(10))
      await storage.save(handle('lock', 2), randomBody(10))
      await storage.remove(handle('lock', 1))
      expect(await listNames(storage, 'lock')).toEqual([handle('lock', 2).name])
      await expect(storage.load(handle('lock', 1))).rejects.toMatchObject({ code: 'storage/not-found' })
      await storage.save(handle('lock', 1), numberedBody(5, 5))
      expect(isSame(await storage.load(handle('lock', 1)), numberedBody(5, 5))).toBe(true)
    })

    it('fails to remove what is not there, and of many who remove a file lets one succeed', async () => {
      const storage = await openPrepared()
      await expect(storage.remove(handle('lock', 1))).rejects.toMatchObject({ code: 'storage/not-found' })
      await storage.save(handle('lock', 1), randomBody(10))
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => storage.remove(handle('lock', 1))))
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('lists whole files once, and all that stay, while others are saved and removed', async () => {
      const storage = await openPrepared()
      const staying = Array.from({ length: 50 }, (_, number) => handle('pack', `stays ${number}`))
      const passing = Array.from({ length: 50 }, (_, number) => handle('pack', `passes ${number}`))
      const body = randomBody(2000)
      await Promise.all(staying.map((each) => storage.save(each, body)))
      const writer = { busy: true }
      const comingAndGoing = (async () => {
        for (const each of passing) await storage.save(each, body)
        for (const each of passing) await storage.remove(each)
        for (const each of staying) await storage.save(each, body)
        writer.busy = false
      })()
      while (writer.busy) {
        const files = await listAll(storage, 'pack')
        expect(files.every(({ size }) => size === body.length)).toBe(true)
        const names = new Set(files.map((file) => file.name))
        expect(names.size).toBe(files.length)
        expect(staying.every((each) => names.has(each.name))).toBe(true)
        // Storages that never wait would keep the others from ever going on.
        await new Promise((resolve) => setImmediate(resolve))
      }
      await comingAndGoing
      expect(await listNames(storage, 'pack')).toEqual(staying.map((each) => each.name).toSorted())
    })

    it('does not list a file twice that is removed and saved again while its reader is busy', async () => {
      const storage = await openPrepared()
      for (let number = 0; number < 3; number++) await storage.save(handle('lock', number), randomBody(1))
      const listed: string[] = []
      for await (const file of storage.list('lock')) {
        listed.push(file.name)
        if (listed.length > 3) break
        await storage.remove({ kind: 'lock', name: file.name })
        await storage.save({ kind: 'lock', name: file.name }, randomBody(1))
      }
      expect(listed.toSorted()).toEqual(await listNames(storage, 'lock'))
    })

    it.each(['prepare', 'save', 'remove'] as const)('refuses to %s when aborted before', async (method) => {
      const storage = await openPrepared()
      await storage.save(handle('key', 1), randomBody(10))
      const signal = AbortSignal.abort('no longer wanted')
      const work = {
        prepare: () => storage.prepare({ signal }),
        save: () => storage.save(handle('key', 2), randomBody(10), { signal }),
        remove: () => storage.remove(handle('key', 1), { signal }),
      }
      await expect(work[method]()).rejects.toBe('no longer wanted')
      expect(await listNames(storage, 'key')).toEqual([handle('key', 1).name])
    })

    it('leaves a file whole or absent when its save is aborted meanwhile', async () => {
      const storage = await openPrepared()
      const body = randomBody(4 * 1024 * 1024)
      for (let round = 0; round < 8; round++) {
        const control = new AbortController()
        const saving = storage.save(handle('pack', round), body, { signal: control.signal })
        setTimeout(() => control.abort('changed my mind'), round)
        const outcome = await saving.then(
          () => 'saved',
          (reason: unknown) => reason,
        )
        expect(['saved', 'changed my mind']).toContain(outcome)
        const files = await listAll(storage, 'pack')
        expect(files.every(({ size }) => size === body.length)).toBe(true)
        expect(files.some((file) => file.name === handle('pack', round).name)).toBe(outcome === 'saved')
      }
    })
  })
}
