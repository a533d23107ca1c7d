import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createContentSaver } from '../../core/archiver/worker/content-saver.ts'
import { mayHaveHoles } from '../../core/file-system/index.ts'
import { type ContentWriter, createContentWriter, openPipeline, sha256 } from '../../core/repository/index.ts'
import { createBlobIndex } from '../../core/repository/index/blob-index.ts'
import { openFileServerReader, type OpenFile } from '../../core/source/index.ts'
import { noise } from '../unit/core/repository/chunker/made-data.ts'
import { createPlainChunker } from '../unit/core/repository/chunker/plain-chunker.ts'
import { makeRepository, POLYNOMIAL } from '../unit/core/repository/made-repository.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const repository = await makeRepository()
const plainChunker = createPlainChunker(BigInt(`0x${POLYNOMIAL}`))
const reader = openFileServerReader()

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-content-'))
})
afterAll(() => rmSync(home, { recursive: true }))

interface Saved {
  readonly ids: Buffer
  readonly processed: number
  readonly read: number
  /** How many chunks were hashed, the two that prove what zeros are cut into among them. */
  readonly hashed: number
}

/** A content writer whose blobs are only hashed, and how many were. */
function openWriter(): { writer: ContentWriter; hashed: () => number } {
  const { shared, bell } = openPipeline(repository, createBlobIndex(), () => undefined, { workers: 1 })
  let hashed = 0
  const writer = createContentWriter(
    shared,
    0,
    {
      counts: { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0, treeBytesStored: 0 },
      save(_, plain, id) {
        hashed++
        id.set(sha256(plain))
        return true
      },
      isKnown: () => false,
      flush: () => undefined,
    },
    bell,
  )
  return { writer, hashed: () => hashed }
}

/** Makes a file of so many bytes with data at these places, and has it stored, where blobs are only hashed. */
function save(size: number, data: ReadonlyMap<number, Buffer>, largestTree = 2 ** 31): Saved & { path: string } {
  const path = join(home, 'file')
  rmSync(path, { force: true })
  const made = openSync(path, 'w+')
  ftruncateSync(made, size)
  for (const [at, bytes] of data) writeSync(made, bytes, 0, Math.min(bytes.length, size - at), at)
  closeSync(made)
  const { writer, hashed } = openWriter()
  const file = open(path)
  let [processed, read] = [0, 0]
  try {
    const ids = createContentSaver({ reader, content: writer, largestTree }).save(file, (bytes, ofThem) => {
      processed += bytes
      read += ofThem
    })
    return { ids, processed, read, hashed: hashed(), path }
  } finally {
    reader.close(file)
  }
}

function open(path: string): OpenFile {
  const folder = Buffer.from(join(path, '..'))
  using opened = reader.openFolder({ path: folder, readFrom: folder })
  const look = opened?.look('file')
  const file = look && opened?.open('file', look.stat())
  if (!file) throw new Error('it is not there')
  return file
}

function idsOf(data: Buffer): Buffer {
  let at = 0
  return Buffer.concat(plainChunker.cut(data).map((length) => sha256(data.subarray(at, (at += length)))))
}

describe('the content of a file with holes', () => {
  it('has the chunks that it would have if each zero were read, wherever the holes are', () => {
    const place = fc.record({
      // Around where chunks of zeros end, and anywhere.
      at: fc.oneof(
        fc.nat(60 * MIB),
        fc.tuple(fc.nat(120), fc.integer({ min: -130, max: 130 })).map(([n, by]) => Math.max(0, n * 512 * 1024 + by)),
      ),
      length: fc.oneof(fc.nat(100), fc.nat(MIB), fc.integer({ min: 500 * 1024, max: 3 * MIB })),
      seed: fc.nat(5),
    })
    // Whether the last bytes before a chunk may end are zeros decides whether it does.
    const beforeTheFirstEnd = [1, 36, 37, 100].map(
      (length): [{ at: number; length: number; seed: number }[], number] => [
        [{ at: 512 * 1024 - 100, length, seed: 1 }],
        24 * MIB,
      ],
    )
    let skipped = 0
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), fc.integer({ min: 1, max: 40 * MIB }), (places, size) => {
        const data = new Map(
          places
            .filter(({ at }) => at < size)
            .map(({ at, length, seed }) => [at, seed === 0 ? Buffer.alloc(length) : noise(length, seed)]),
        )
        const { ids, processed, read, hashed, path } = save(size, data)
        expect(ids.equals(idsOf(readFileSync(path)))).toBe(true)
        expect(processed).toBe(size)
        expect(read).toBeLessThanOrEqual(size)
        if (hashed - 2 < ids.length / 32) skipped++
      }),
      { numRuns: 40, examples: beforeTheFirstEnd },
    )
    expect(skipped).toBeGreaterThan(0)
  })

  it('is not read, cut or hashed where nothing is', () => {
    const { ids, processed, read, hashed } = save(100 * GIB + 1000, new Map())
    expect(ids).toHaveLength((200 * 1024 + 1) * 32)
    expect([processed, read, hashed]).toEqual([100 * GIB + 1000, 1000, 3])
  })

  it('is not where somebody wrote a little here and there', () => {
    const data = new Map([0, 7 * GIB + 5, 40 * GIB + 100_000].map((at) => [at, noise(1000, 1)]))
    const { ids, read, hashed } = save(100 * GIB, data)
    expect(ids).toHaveLength(200 * 1024 * 32)
    expect(read).toBeLessThan(4 * MIB)
    expect(hashed).toBeLessThan(20)
  })

  it('is not even read where chunks may begin anywhere: behind more data than the shortest chunk has', () => {
    const data = new Map([[0, noise(5 * MIB, 2)]])
    const { ids, processed, read, path } = save(64 * MIB, data)
    expect(ids.equals(idsOf(readFileSync(path)))).toBe(true)
    expect(processed).toBe(64 * MIB)
    // What is left of the hole behind its last whole chunk is read.
    expect(read).toBeLessThanOrEqual(5.5 * MIB)
  })

  it('is not cut or hashed behind any amount of data, and all chunks are as they would be', () => {
    const places = [0, 100 * MIB + 7, 300 * MIB + 65, 390 * MIB].map((at, seed): [number, Buffer] => [
      at,
      noise((seed + 2) * 3 * MIB + 11, seed),
    ])
    const { ids, processed, read, hashed, path } = save(400 * MIB + 3, new Map(places))
    expect(ids.equals(idsOf(readFileSync(path)))).toBe(true)
    expect(processed).toBe(400 * MIB + 3)
    expect(read).toBeLessThan(50 * MIB)
    // The data has some forty chunks, the holes seven hundred.
    expect(hashed).toBeLessThan(100)
  })

  it('is stored in no time behind data: a disk of 100 GiB that holds little', () => {
    const data = new Map([0, 50 * GIB + 123, 99 * GIB].map((at, seed) => [at, noise(4 * MIB, seed)]))
    const { ids, hashed } = save(100 * GIB, data)
    expect(ids.length / 32).toBeGreaterThan(200_000)
    expect(hashed).toBeLessThan(60)
  })

  it('ends where a file was cut off after it was opened', () => {
    const path = join(home, 'file')
    const made = openSync(path, 'w+')
    ftruncateSync(made, 64 * MIB)
    writeSync(made, noise(5 * MIB, 2), 0, 5 * MIB, 0)
    writeSync(made, noise(5 * MIB, 2), 0, 5 * MIB, 40 * MIB)
    const { writer } = openWriter()
    const file = open(path)
    ftruncateSync(made, 2 * MIB)
    closeSync(made)
    const ids = createContentSaver({ reader, content: writer, largestTree: 2 ** 31 }).save(file, () => undefined)
    reader.close(file)
    // Its beginning is right; what the rest is, nobody can know: the file is listed as changed.
    expect(ids.length).toBeGreaterThan(0)
  })

  it('is too large, at once, where a node could not list its chunks', () => {
    expect(() => save(15 * 1024 * GIB, new Map(), 2 ** 30)).toThrow(
      expect.objectContaining({
        code: 'source/too-large',
        message: '15.0 TiB are more chunks (31,457,280) than a node can list here',
      }),
    )
    expect(() => save(20 * MIB, new Map([[0, noise(MIB, 1)]]), 1000)).toThrow('than a node can list here')
  })

  it('has at most four tebibytes of holes', () => {
    const islands = new Map([[2 ** 40, noise(MIB, 1)]])
    expect(save(3 * 2 ** 40, islands).ids.length / 32).toBeGreaterThan(3 * 2 ** 21 - 20)
    expect(() => save(5 * 2 ** 40, islands)).toThrow('5.00 TiB are more chunks (10,485,7')
  })
})

it('a file of zeros that are written has no holes, and is read', () => {
  const { read, path } = save(MIB, new Map([[0, Buffer.alloc(MIB)]]))
  const file = open(path)
  expect(mayHaveHoles(file.stat)).toBe(false)
  reader.close(file)
  expect(read).toBe(MIB)
})
