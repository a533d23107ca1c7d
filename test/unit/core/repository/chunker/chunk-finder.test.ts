import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import {
  type ChunkFinder,
  createChunkFinder,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
  SCRATCH_BYTES,
} from '../../../../../core/repository/chunker/chunk-finder.ts'
import { compileKernel } from '../../../../../core/repository/chunker/kernel.ts'
import type { FinderJob } from './finder-thread.ts'
import { noise, plant } from './made-data.ts'
import { createPlainChunker } from './plain-chunker.ts'

const POLYNOMIAL = 0x25b468838dcb75n
const MIB = 1024 * 1024
/** Not aligned to anything. */
const START = SCRATCH_BYTES + 77

const module = compileKernel()
const plain = createPlainChunker(POLYNOMIAL)
const memory = new WebAssembly.Memory({ initial: 640, maximum: 640, shared: true })
const finder = createChunkFinder({ memory, scratch: 0, polynomial: POLYNOMIAL, module })

/** Shows `data` in windows that grow by the sizes given, carrying the undecided rest to the front as a caller does. */
function cutInWindows(data: Uint8Array, windows: readonly number[], cutter: ChunkFinder = finder): number[] {
  const view = new Uint8Array(memory.buffer)
  const all: number[] = []
  const lengths: number[] = []
  let shown = 0
  let end = START
  for (let i = 0; shown < data.length; i++) {
    const size = Math.min(windows[i % windows.length] ?? data.length, data.length - shown)
    view.set(data.subarray(shown, shown + size), end)
    shown += size
    end += size
    const consumed = cutter.findCuts(START, end, shown === data.length, lengths)
    all.push(...lengths)
    view.copyWithin(START, START + consumed, end)
    end -= consumed
  }
  expect(end).toBe(START)
  return all
}

/** A stretch of a stream: the kinds of data that make chunkers differ. */
const stretch = fc.record({
  kind: fc.constantFrom('noise', 'noise', 'zeros', 'ones', 'period'),
  bytes: fc.oneof(
    fc.integer({ min: 0, max: 3 * MIB }),
    fc.constantFrom(MIN_CHUNK_BYTES - 1, MIN_CHUNK_BYTES, MIN_CHUNK_BYTES + 1, MIB),
  ),
  seed: fc.nat(),
})

function fill({ kind, bytes, seed }: { kind: string; bytes: number; seed: number }): Buffer {
  if (kind === 'noise') return noise(bytes, seed)
  if (kind === 'period') return Buffer.alloc(bytes, noise(1 + (seed % 200), seed))
  return Buffer.alloc(bytes, kind === 'ones' ? 0xff : 0)
}

describe('cutting a stream', () => {
  it('gives the chunks of the definition, whatever the data and the windows', () => {
    const window = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }).map((n) => n + 50_000),
      fc.integer({ min: MIB, max: 12 * MIB }),
      fc.constantFrom(MIN_CHUNK_BYTES - 1, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES),
    )
    fc.assert(
      fc.property(
        fc.array(stretch, { maxLength: 5 }),
        fc.array(window, { minLength: 1, maxLength: 4 }),
        (stretches, windows) => {
          const data = Buffer.concat(stretches.map(fill))
          expect(cutInWindows(data, windows)).toEqual(plain.cut(data))
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([0, 1, 63, 64, 65, MIN_CHUNK_BYTES - 1, MIN_CHUNK_BYTES])('makes one chunk at most of %i bytes', (bytes) => {
    expect(cutInWindows(noise(bytes, 1), [MIB])).toEqual(bytes === 0 ? [] : [bytes])
  })

  it('never cuts before the minimum, and right there when there is a candidate', () => {
    const data = noiseWithout(2 * MIN_CHUNK_BYTES)
    plant(plain, data, MIN_CHUNK_BYTES - 1)
    expect(cutInWindows(data, [data.length])).toEqual([data.length])
    plant(plain, data, MIN_CHUNK_BYTES)
    expect(cutInWindows(data, [data.length])).toEqual([MIN_CHUNK_BYTES, MIN_CHUNK_BYTES])
    const unused = createChunkFinder({ memory, scratch: 0, polynomial: POLYNOMIAL, module })
    expect(cutInWindows(data, [data.length], unused)).toEqual([MIN_CHUNK_BYTES, MIN_CHUNK_BYTES])
  })

  it('cuts right behind a candidate', () => {
    const data = noiseWithout(2 * MIN_CHUNK_BYTES)
    plant(plain, data, MIN_CHUNK_BYTES + 1)
    expect(cutInWindows(data, [data.length])).toEqual([MIN_CHUNK_BYTES + 1, MIN_CHUNK_BYTES - 1])
  })

  it('cuts at the maximum when there is no candidate, without waiting for more', () => {
    const data = Buffer.alloc(MAX_CHUNK_BYTES + 1, 0xff)
    expect(cutInWindows(data, [data.length])).toEqual([MAX_CHUNK_BYTES, 1])
    const lengths: number[] = []
    new Uint8Array(memory.buffer).fill(0xff, START, START + MAX_CHUNK_BYTES)
    expect(finder.findCuts(START, START + MAX_CHUNK_BYTES - 1, false, lengths)).toBe(0)
    expect(finder.findCuts(START, START + MAX_CHUNK_BYTES, false, lengths)).toBe(MAX_CHUNK_BYTES)
    expect(lengths).toEqual([MAX_CHUNK_BYTES])
  })

  it('never cuts behind the maximum, even when a candidate follows in the same window', () => {
    const data = Buffer.alloc(MAX_CHUNK_BYTES + MIB, 0xff)
    plant(plain, data, MAX_CHUNK_BYTES + 1000)
    expect(cutInWindows(data, [data.length])).toEqual([MAX_CHUNK_BYTES, MIB])
  })

  it('cuts zeros at the minimum, because 64 zeros are a candidate', () => {
    expect(cutInWindows(new Uint8Array(3 * MIN_CHUNK_BYTES + 5), [MIB])).toEqual([
      MIN_CHUNK_BYTES,
      MIN_CHUNK_BYTES,
      MIN_CHUNK_BYTES,
      5,
    ])
  })

  it('decides a candidate at the end of a window once more is there', () => {
    const data = noiseWithout(2 * MIB)
    plant(plain, data, MIB)
    expect(cutInWindows(data, [MIB, 1])).toEqual([MIB, MIB])
  })

  it('does not scan again what it has tested, and forgets that on reset', () => {
    const view = new Uint8Array(memory.buffer)
    const [data, lengths] = [noiseWithout(2 * MIB), [] as number[]]
    view.set(data, START)
    expect(finder.findCuts(START, START + data.length, false, lengths)).toBe(0)
    // A candidate that appears where it has looked already can only be seen by looking again.
    plant(plain, data, MIB)
    view.set(data, START)
    expect(finder.nextCut(START, START + data.length, false)).toBe(0)
    finder.reset()
    expect(finder.nextCut(START, START + data.length, false)).toBe(MIB)
    finder.reset()
  })
})

describe('a scratch area', () => {
  it.each([-64, 1, 32, 640 * 65536 - SCRATCH_BYTES + 64])('is refused at address %i', (scratch) => {
    expect(() => createChunkFinder({ memory, scratch, polynomial: POLYNOMIAL, module })).toThrow(
      expect.toSatisfy((error) => isCode(error, 'internal/defect')),
    )
  })

  it('of its own is all that a thread needs to cut beside others in the same memory', async () => {
    const bytes = 8 * MIB
    const jobs = [3, 4].map((seed, i): FinderJob => {
      const start = 2 * MIB + i * bytes
      new Uint8Array(memory.buffer).set(noise(bytes, seed), start)
      return { memory, module, scratch: MIB + i * SCRATCH_BYTES, start, bytes, rounds: 20, polynomial: POLYNOMIAL }
    })
    const workers = jobs.map((job) => new Worker(new URL('finder-thread.ts', import.meta.url), { workerData: job }))
    const answers = await Promise.all(workers.map((worker) => once(worker, 'message')))
    for (const [i, [rounds]] of (answers as [number[][]][]).entries()) {
      const expected = plain.cut(noise(bytes, 3 + i))
      for (const lengths of rounds) expect(lengths).toEqual(expected)
    }
  })
})

/** Noise without a candidate. */
function noiseWithout(bytes: number): Buffer {
  for (let seed = 0; ; seed++) {
    const data = noise(bytes, seed)
    if (plain.candidates(data, 64, bytes - 64).length === 0) return data
  }
}
