import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { SCRATCH_BYTES } from '../../../../../core/repository/chunker/chunk-finder.ts'
import { compileKernel, type Kernel, openKernel } from '../../../../../core/repository/chunker/kernel.ts'
import { noise, plant } from './made-data.ts'
import { createPlainChunker } from './plain-chunker.ts'

const POLYNOMIAL = 0x25b468838dcb75n
const PAGE = 65536
const SCRATCH = PAGE
const FROM = 2 * PAGE + 64

const module = compileKernel()
const plain = createPlainChunker(POLYNOMIAL)

let kernel: Kernel
let memory: WebAssembly.Memory
let block: number

beforeAll(() => {
  memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true })
  kernel = openKernel(memory, module)
  block = kernel.BLOCK_BYTES.value
  kernel.prepare(SCRATCH, POLYNOMIAL)
})

/** Puts `data`, its first 64 bytes before `FROM`, into memory and scans what follows them. */
function find(data: Uint8Array, length = data.length - 64): number {
  new Uint8Array(memory.buffer).set(data, FROM - 64)
  return kernel.findCandidate(SCRATCH, FROM, length)
}

describe('finding a candidate', () => {
  it('needs the scratch area that callers reserve', () => {
    expect(kernel.SCRATCH_BYTES.value).toBe(SCRATCH_BYTES)
  })

  it('finds the first of any number of candidates, at any place of any length', () => {
    const length = fc.oneof(
      fc.integer({ min: 0, max: 1200 }),
      fc.integer({ min: -300, max: 300 }).map((n) => block + n),
      fc.integer({ min: 0, max: 3 * block }),
    )
    const places = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 6 })
    fc.assert(
      fc.property(length, places, fc.nat(), (bytes, fractions, seed) => {
        const data = noise(64 + bytes, seed)
        if (bytes > 0) for (const at of fractions) plant(plain, data, 65 + Math.floor(at * bytes))
        expect(find(data)).toBe(plain.candidates(data, 64, bytes)[0] ?? 0)
      }),
      { numRuns: 300 },
    )
  })

  it('finds a candidate in every row and lane of a block, and none behind the end', () => {
    const data = noise(64 + 2 * block, 7)
    for (const n of plain.candidates(data, 64, 2 * block)) data[64 + n - 1] = (data[64 + n - 1] ?? 0) ^ 1
    expect(find(data)).toBe(0)
    for (let n = 1; n <= block + 300; n += n < 300 || n > block - 300 ? 1 : 211) {
      const before = Uint8Array.from(data.subarray(64 + n - 3, 64 + n))
      plant(plain, data, 64 + n)
      expect(find(data)).toBe(n)
      expect(find(data, n - 1)).toBe(0)
      data.set(before, 64 + n - 3)
    }
  })

  it('is not taken in by near misses, however many', () => {
    const data = noise(64 + block, 11)
    for (let end = 200; end < data.length; end += 70) plant(plain, data, end, 16 + (end % 4))
    plant(plain, data, data.length - 100)
    expect(find(data)).toBe(plain.candidates(data, 64, block)[0] ?? 0)
    expect(find(data)).toBeGreaterThan(0)
  })

  it('agrees with the definition on data that repeats, whatever the period', () => {
    for (let period = 1; period <= 130; period++) {
      const data = Buffer.alloc(64 + 5000, noise(period, period))
      expect(find(data)).toBe(plain.candidates(data, 64, 5000)[0] ?? 0)
    }
    for (let value = 0; value < 256; value++) {
      const data = Buffer.alloc(64 + 5000, value)
      expect(find(data)).toBe(plain.candidates(data, 64, 5000)[0] ?? 0)
    }
  })

  it('finds one at once in zeros', () => {
    expect(find(new Uint8Array(64 + block))).toBe(1)
  })

  it('agrees with the definition for any polynomial of degree 53', () => {
    // Irreducible or not: the arithmetic is the same.
    fc.assert(
      fc.property(fc.bigInt({ min: 1n << 53n, max: (1n << 54n) - 1n }), fc.nat(), (polynomial, seed) => {
        const other = createPlainChunker(polynomial)
        kernel.prepare(SCRATCH, polynomial)
        const data = noise(64 + 9000, seed)
        plant(other, data, 7000)
        expect(find(data)).toBe(other.candidates(data, 64, 9000)[0])
      }),
      { numRuns: 40 },
    )
    kernel.prepare(SCRATCH, POLYNOMIAL)
  })
})

describe('the memory that the kernel shares', () => {
  it('is written within the scratch area only, also when the module is instantiated', () => {
    const own = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true })
    const bytes = Buffer.from(own.buffer)
    noise(bytes.length, 5).copy(bytes)
    const before = Buffer.from(bytes)
    const other = openKernel(own, module)
    other.prepare(SCRATCH, POLYNOMIAL)
    other.findCandidate(SCRATCH, FROM, PAGE)
    expect(bytes.subarray(0, SCRATCH).equals(before.subarray(0, SCRATCH))).toBe(true)
    expect(bytes.subarray(SCRATCH + SCRATCH_BYTES).equals(before.subarray(SCRATCH + SCRATCH_BYTES))).toBe(true)
  })

  it('may be 4 GiB, with the data at its very end and the scratch area above 2 GiB', () => {
    const large = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true })
    const scratch = 3 * 2 ** 30
    const data = noise(64 + block + 700, 13)
    for (const n of plain.candidates(data, 64, block + 700)) data[64 + n - 1] = (data[64 + n - 1] ?? 0) ^ 1
    const at = 2 ** 32 - data.length
    const view = new Uint8Array(large.buffer, at, data.length)
    const other = openKernel(large, module)
    other.prepare(scratch, POLYNOMIAL)
    view.set(data)
    expect(other.findCandidate(scratch, at + 64, block + 700)).toBe(0)
    plant(plain, data, data.length)
    view.set(data)
    expect(other.findCandidate(scratch, at + 64, block + 700)).toBe(block + 700)
  })
})
