import { readFileSync } from 'node:fs'

import type { Polynomial } from './polynomial.ts'

/** What wasm/kernel.ts exports. Addresses from 2 GiB up may be given as they are: WebAssembly takes them modulo 2^32. */
export interface Kernel {
  /** Bytes that the kernel writes at a scratch address. */
  readonly SCRATCH_BYTES: WebAssembly.Global
  /** A scan of a multiple of this many bytes is fastest. */
  readonly BLOCK_BYTES: WebAssembly.Global
  /** Fills a scratch area with what scanning for this polynomial needs. */
  prepare(scratch: number, polynomial: Polynomial): void
  /**
   * How many of the `length` bytes at `from` end at the first candidate, 0 when there is none. The 64 bytes before `from`
   * count too: they must be there.
   */
  findCandidate(scratch: number, from: number, length: number): number
}

/** Compiles the kernel. A module can be handed to worker threads, which then need not do it again. */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL('./chunker.wasm', import.meta.url)))
}

/** The kernel, working in `memory`: a shared one, of whatever size up to 4 GiB. */
export function openKernel(memory: WebAssembly.Memory, module: WebAssembly.Module): Kernel {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel
}
