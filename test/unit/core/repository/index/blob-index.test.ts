import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { attachBlobIndex, createBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import { createEntryTable } from '../../../../../core/repository/index/entry-table.ts'
import { createPackTable } from '../../../../../core/repository/index/pack-table.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import type { ClaimJob, ClaimReport } from './claim-thread.ts'
import { writeMadeId } from './made-id.ts'

const madeId = (number: number): Buffer => writeMadeId(number, Buffer.alloc(32))
const sizes = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('a blob index', () => {
  it('finds each of half a million ids that begin alike', () => {
    const index = createBlobIndex()
    const id = Buffer.alloc(32, 7)
    for (let number = 0; number < 500_000; number++) {
      id.writeUInt32LE(number, 28)
      if (index.claim('data', id) !== number || index.find('data', id) !== number) throw new Error(`lost ${number}`)
    }
    expect(index.count).toBe(500_000)
  })

  it('lists a blob as often as somebody wants, and finds as many copies as anybody needs', () => {
    const index = createBlobIndex()
    const place = { type: 'data' as const, pack: 0, offset: 0, length: 1, uncompressedLength: 0 }
    for (let number = 0; number < 200_000; number++) index.add(madeId(1), place)
    for (let number = 2; number < 1000; number++) index.add(madeId(number), place)
    expect(index.count).toBe(200_998)
    let copies = 0
    for (let entry = index.find('data', madeId(1)); entry >= 0; entry = index.next(entry)) copies++
    expect(copies).toBeGreaterThan(1000)
    for (let number = 2; number < 1000; number++) expect(index.find('data', madeId(number))).toBe(199_998 + number)
  })

  it('says where each blob lies, and keeps data and tree of one id apart', () => {
    const entry = fc.record({
      id: fc.nat(20).map(madeId),
      type: fc.constantFrom('data' as const, 'tree' as const),
      pack: fc.nat(2 ** 24),
      offset: sizes,
      length: sizes,
      uncompressedLength: sizes,
    })
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const index = createBlobIndex()
        const first = new Map<string, (typeof entries)[number]>()
        for (const each of entries) {
          index.add(each.id, each)
          const key = each.type + each.id.toString('hex')
          if (!first.has(key)) first.set(key, each)
        }
        expect(index.count).toBe(entries.length)
        for (const [, { id, ...location }] of first) {
          const at = index.find(location.type, id)
          expect(index.locate(at)).toEqual(location)
          expect(index.idOf(at).equals(id)).toBe(true)
        }
        for (let number = 0; number <= 20; number++) {
          for (const type of ['data', 'tree'] as const) {
            expect(index.find(type, madeId(number)) >= 0).toBe(first.has(type + madeId(number).toString('hex')))
          }
        }
      }),
    )
  })

  it('lets a blob be claimed once, and calls it placed when its pack has its name', () => {
    const index = createBlobIndex()
    const entry = index.claim('data', madeId(1))
    expect([entry >= 0, index.claim('data', madeId(1)), index.claim('tree', madeId(1)) >= 0]).toEqual([true, -1, true])
    expect([index.find('data', madeId(1)), index.isPlaced(entry)]).toEqual([entry, false])
    const pack = index.packs.reserve()
    index.place(entry, pack, 10, 20, 30)
    expect(index.isPlaced(entry)).toBe(false)
    index.packs.name(pack, seededBytes('pack', 32))
    expect(index.isPlaced(entry)).toBe(true)
    expect(index.locate(entry)).toEqual({ type: 'data', pack, offset: 10, length: 20, uncompressedLength: 30 })
  })

  it('is found whole by whoever attaches to it, before and after it grew', () => {
    const index = createBlobIndex()
    const other = attachBlobIndex(index.shared)
    for (let number = 0; number < 60_000; number++) {
      const writer = number % 2 === 0 ? index : other
      writer.place(writer.claim('data', madeId(number)), 1, number, 2, 3)
    }
    const third = attachBlobIndex(index.shared)
    for (const each of [index, other, third]) {
      expect(each.count).toBe(60_000)
      for (let number = 0; number < 60_000; number += 111) {
        expect(each.locate(each.find('data', madeId(number))).offset).toBe(number)
      }
    }
  })

  it('gives each blob to exactly one of four threads, while it grows under them', async () => {
    const blobs = 120_000
    const threads = 4
    const index = createBlobIndex()
    const ready = new SharedArrayBuffer(4)
    const reports = await Promise.all(
      Array.from({ length: threads }, async (_, thread) => {
        const workerData: ClaimJob = { shared: index.shared, thread, threads, blobs, ready }
        const worker = new Worker(new URL('claim-thread.ts', import.meta.url), { workerData })
        const [report] = (await once(worker, 'message')) as [ClaimReport]
        return report
      }),
    )
    expect(reports.map(({ lost }) => lost)).toEqual([0, 0, 0, 0])
    const owners = new Int32Array(blobs).fill(-1)
    const twice: number[] = []
    for (const [thread, { claimed }] of reports.entries()) {
      for (const number of claimed) {
        if (owners[number] !== -1) twice.push(number)
        owners[number] = thread
      }
    }
    expect(twice).toEqual([])
    expect(owners.indexOf(-1)).toBe(-1)
    expect(index.count).toBe(blobs)
    const wrong: number[] = []
    for (let number = 0; number < blobs; number++) {
      const type = number % 3 === 0 ? 'tree' : 'data'
      const { pack, offset, length, uncompressedLength } = index.locate(index.find(type, madeId(number)))
      const fits = offset === number && length === number + 1 && uncompressedLength === number + 2
      if (!fits || pack !== owners[number]) wrong.push(number)
    }
    expect(wrong).toEqual([])
  })

  it('takes at most 64 bytes of memory for each of 10 million blobs, most of which it did not expect', async () => {
    const child = fileURLToPath(new URL('fill-index.ts', import.meta.url))
    const blobs = 10_000_000
    const args = ['--expose-gc', child, String(blobs), '1000000']
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { bytes, count, found, strangers } = JSON.parse(stdout) as Record<string, number>
    expect([count, found, strangers]).toEqual([blobs, Math.ceil(blobs / 7), -2])
    expect(bytes).toBeLessThanOrEqual(64 * blobs)
    expect(bytes).toBeGreaterThan(48 * blobs)
  })
})

describe('an entry table', () => {
  it('refuses one blob more than it can number, and still answers', () => {
    const table = createEntryTable(0)
    const entry = table.insert(false, madeId(1), true)
    Atomics.store(new Int32Array(table.shared.control), 2, 2 ** 26)
    expect(() => table.insert(false, madeId(2), true)).toThrow(
      expect.objectContaining({ code: 'repository/unsupported' }),
    )
    expect(table.find(false, madeId(1))).toBe(entry)
    expect(table.insert(false, madeId(1), true)).toBe(-1)
  })

  it('answers on when there is no memory to grow', () => {
    const { control, entries, secret } = createEntryTable(0).shared
    const table = createEntryTable(0, {
      control,
      entries,
      secret,
      slots: new SharedArrayBuffer(2 ** 16, { maxByteLength: 2 ** 16 }),
    })
    let number = 0
    const fill = (): void => {
      for (; number < 20_000; number++) table.insert(false, madeId(number), true)
    }
    expect(fill).toThrow(RangeError)
    expect(table.find(false, madeId(number - 1))).toBe(number - 1)
    expect(table.find(false, madeId(number))).toBe(-1)
  })

  it('does not believe that a repository has more blobs than can be', () => {
    expect(createEntryTable(2 ** 40).count).toBe(0)
  })
})

describe('a pack table', () => {
  it('numbers packs, names them, and is seen by all that attach', () => {
    const table = createPackTable()
    const other = createPackTable(table.shared)
    const names = Array.from({ length: 10_000 }, (_, number) => seededBytes(number, 32))
    const numbers = names.map((name, at) => (at % 2 === 0 ? table : other).add(name))
    expect(new Set(numbers).size).toBe(names.length)
    expect([table.count, other.count]).toEqual([names.length, names.length])
    for (const [at, name] of names.entries()) expect(table.idOf(numbers[at] ?? -1).equals(name)).toBe(true)
    expect([table.isNamed(table.reserve()), table.isNamed(0), table.isNamed(table.count)]).toEqual([false, true, false])
  })

  it('refuses one pack more than it can number', () => {
    const table = createPackTable()
    Atomics.store(new Int32Array(table.shared.control), 0, 2 ** 24)
    try {
      table.reserve()
      expect.unreachable()
    } catch (error) {
      expect(isCode(error, 'repository/unsupported')).toBe(true)
    }
  })

  it('fails where there is no memory to grow', () => {
    const ids = new SharedArrayBuffer(64, { maxByteLength: 64 })
    const table = createPackTable({ control: new SharedArrayBuffer(4), ids })
    expect([table.reserve(), table.reserve()]).toEqual([0, 1])
    expect(() => table.reserve()).toThrow(RangeError)
  })
})
