import { describe, expect, it } from 'vitest'

import type { Handle, Storage } from '../../core/storage/index.ts'
import { CONFIG, handle, isSame, listAll, listNames, randomBody } from './fixture.ts'

/** Two ways to the same prepared storage. */
export interface Opened {
  /** What is tested; it need not be able to write. */
  readonly storage: Storage
  readonly writer: Storage
}

/** The reading half of the contract, for storages that cannot write too. */
export function describeReading(name: string, open: () => Promise<Opened>): void {
  const pack = handle('pack', 1)
  const openWith = async (body: Uint8Array, saved: Handle = pack): Promise<Storage> => {
    const { storage, writer } = await open()
    await writer.save(saved, body)
    return storage
  }

  describe(`${name} reads as a storage`, () => {
    it('says where it is and how many requests serve it', async () => {
      const { storage } = await open()
      expect(storage.location).not.toBe('')
      expect(storage.connections).toBeGreaterThanOrEqual(1)
    })

    it.each([0, 1, 4096, 1_000_003])('gives back a file of %i bytes', async (size) => {
      const body = randomBody(size)
      const storage = await openWith(body)
      const loaded = await storage.load(pack)
      expect(loaded.byteLength).toBe(size)
      expect(isSame(loaded, body)).toBe(true)
      expect(await storage.stat(pack)).toMatchObject({ name: pack.name, size })
      expect(await listAll(storage, 'pack')).toEqual([{ name: pack.name, size }])
    })

    it('gives back a file of 128 MiB, the largest pack that restic writes', async () => {
      const body = randomBody(128 * 1024 * 1024)
      const storage = await openWith(body)
      expect(isSame(await storage.load(pack), body)).toBe(true)
      expect((await storage.stat(pack)).size).toBe(body.length)
    })

    it('gives back a config, which has no name', async () => {
      const body = randomBody(155)
      const storage = await openWith(body, CONFIG)
      expect(isSame(await storage.load(CONFIG), body)).toBe(true)
      expect(await storage.stat(CONFIG)).toMatchObject({ name: '', size: 155 })
      expect(await listAll(storage, 'config')).toEqual([{ name: '', size: 155 }])
    })

    it.each([
      { offset: 0, length: 1000 },
      { offset: 0, length: 1 },
      { offset: 999, length: 1 },
      { offset: 123, length: 456 },
      { offset: 0, length: 0 },
      { offset: 500, length: 0 },
      { offset: 1000, length: 0 },
    ])('reads $length bytes from $offset on', async ({ offset, length }) => {
      const body = randomBody(1000)
      const storage = await openWith(body)
      const loaded = await storage.load(pack, { offset, length })
      expect(loaded.byteLength).toBe(length)
      expect(isSame(loaded, body.subarray(offset, offset + length))).toBe(true)
    })

    it('reads no file that is longer than was allowed, nor a part of one', async () => {
      const body = randomBody(1000)
      const storage = await openWith(body)
      expect(isSame(await storage.load(pack, { mostBytes: 1000 }), body)).toBe(true)
      const refused = { code: 'storage/too-large', retryable: false, context: { size: 1000, mostBytes: 999 } }
      await expect(storage.load(pack, { mostBytes: 999 })).rejects.toMatchObject(refused)
      expect(isSame(await storage.load(pack, { offset: 1, mostBytes: 999 }), body.subarray(1))).toBe(true)
    })

    it.each([0, 123, 1000])('reads from %i to the end when no length is given', async (offset) => {
      const body = randomBody(1000)
      const storage = await openWith(body)
      expect(isSame(await storage.load(pack, { offset }), body.subarray(offset))).toBe(true)
    })

    it.each([
      { offset: 0, length: 1001 },
      { offset: 999, length: 2 },
      { offset: 1000, length: 1 },
      { offset: 5000, length: 10 },
      { offset: 1001, length: 0 },
      { offset: 1001 },
      { offset: 2 ** 40, length: 2 ** 40 },
    ])('fails with storage/truncated for the range $offset, $length of 1000 bytes', async (range) => {
      const storage = await openWith(randomBody(1000))
      await expect(storage.load(pack, range)).rejects.toMatchObject({ code: 'storage/truncated', retryable: false })
    })

    it.each([{ offset: -1 }, { length: -1 }, { offset: 0.5 }, { length: Number.NaN }, { offset: Infinity }])(
      'fails with input/invalid for the impossible range %j',
      async (range) => {
        const storage = await openWith(randomBody(1000))
        await expect(storage.load(pack, range)).rejects.toMatchObject({ code: 'input/invalid' })
      },
    )

    it('reads into the middle of shared memory and touches nothing beside it', async () => {
      const body = randomBody(1000)
      const storage = await openWith(body)
      const shared = new Uint8Array(new SharedArrayBuffer(1000)).fill(9)
      const loaded = await storage.load(pack, { offset: 100, length: 200, into: shared.subarray(300, 600) })
      expect(loaded.buffer).toBe(shared.buffer)
      expect([loaded.byteOffset, loaded.byteLength]).toEqual([300, 200])
      expect(isSame(shared.subarray(300, 500), body.subarray(100, 300))).toBe(true)
      expect(shared.subarray(0, 300).every((byte) => byte === 9)).toBe(true)
      expect(shared.subarray(500).every((byte) => byte === 9)).toBe(true)
    })

    it('fails with input/invalid when the bytes do not fit into the memory given', async () => {
      const storage = await openWith(randomBody(1000))
      const into = new Uint8Array(99)
      await expect(storage.load(pack, { length: 100, into })).rejects.toMatchObject({ code: 'input/invalid' })
      await expect(storage.load(pack, { into })).rejects.toMatchObject({ code: 'input/invalid' })
    })

    it('hands out memory that is the caller’s own', async () => {
      const storage = await openWith(randomBody(100))
      const first = await storage.load(pack)
      const expected = first.slice()
      first.fill(0)
      expect(isSame(await storage.load(pack), expected)).toBe(true)
      expect((await storage.load(pack, { length: 10 })).buffer.byteLength).toBe(10)
    })

    it('fails with storage/not-found for a file that is not there', async () => {
      const { storage } = await open()
      for (const missing of [CONFIG, handle('key', 1), handle('pack', 1), handle('snapshot', 1)]) {
        const failure = { code: 'storage/not-found', retryable: false }
        await expect(storage.load(missing)).rejects.toMatchObject(failure)
        await expect(storage.load(missing, { length: 0 })).rejects.toMatchObject(failure)
        await expect(storage.stat(missing)).rejects.toMatchObject(failure)
      }
    })

    it('lists nothing where nothing was saved', async () => {
      const { storage } = await open()
      for (const kind of ['config', 'key', 'lock', 'snapshot', 'index', 'pack'] as const) {
        expect(await listAll(storage, kind)).toEqual([])
      }
    })

    it('lists every one of 1500 files once, and ends early when its reader has enough', async () => {
      const { storage, writer } = await open()
      const handles = Array.from({ length: 1500 }, (_, number) => handle('index', number))
      for (let from = 0; from < handles.length; from += 50) {
        await Promise.all(handles.slice(from, from + 50).map((each) => writer.save(each, new Uint8Array(3))))
      }
      expect(await listNames(storage, 'index')).toEqual(handles.map((each) => each.name).toSorted())
      let seen = 0
      for await (const file of storage.list('index')) {
        expect(file.size).toBe(3)
        if (++seen === 5) break
      }
      expect(seen).toBe(5)
    })

    it.each(['', 'a', '../../../etc/passwd', 'A'.repeat(64), 'g'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)])(
      'fails with input/invalid for the name %j',
      async (bad) => {
        const { storage, writer } = await open()
        const failure = { code: 'input/invalid' }
        await expect(storage.load({ kind: 'pack', name: bad })).rejects.toMatchObject(failure)
        await expect(storage.stat({ kind: 'pack', name: bad })).rejects.toMatchObject(failure)
        await expect(writer.save({ kind: 'pack', name: bad }, new Uint8Array(1))).rejects.toMatchObject(failure)
        await expect(writer.remove({ kind: 'pack', name: bad })).rejects.toMatchObject(failure)
        await expect(storage.load({ kind: 'config', name: `${bad}x` })).rejects.toMatchObject(failure)
      },
    )

    it('refuses to read when aborted before', async () => {
      const storage = await openWith(randomBody(10))
      const signal = AbortSignal.abort('no longer wanted')
      await expect(storage.load(pack, { signal })).rejects.toBe('no longer wanted')
      await expect(storage.stat(pack, { signal })).rejects.toBe('no longer wanted')
      await expect(storage.list('pack', { signal })[Symbol.asyncIterator]().next()).rejects.toBe('no longer wanted')
    })

    it('stops listing when aborted meanwhile', async () => {
      const { storage, writer } = await open()
      for (let number = 0; number < 10; number++) await writer.save(handle('key', number), randomBody(1))
      const control = new AbortController()
      let seen = 0
      const listing = async (): Promise<void> => {
        for await (const { size } of storage.list('key', { signal: control.signal })) {
          seen += size
          if (seen === 3) control.abort('enough')
        }
      }
      await expect(listing()).rejects.toBe('enough')
      expect(seen).toBe(3)
    })
  })
}
