import { readFileSync } from 'node:fs'

/** What wasm/match.ts exports. The globals are addresses in the memory that it is given, and what `match` answers. */
export interface MatchKernel {
  readonly EXPECTED: WebAssembly.Global
  readonly NAME: WebAssembly.Global
  readonly USER: WebAssembly.Global
  readonly GROUP: WebAssembly.Global
  readonly FOUND: WebAssembly.Global
  readonly IDS: WebAssembly.Global
  readonly TREES: WebAssembly.Global
  readonly ABSENT: WebAssembly.Global
  readonly SAME: WebAssembly.Global
  readonly OTHER: WebAssembly.Global
  firstNode(start: number, stop: number): number
  match(start: number, stop: number): number
}

/** Opens the kernel for this thread, working in `memory`. */
export function openMatchKernel(memory: WebAssembly.Memory): MatchKernel {
  const module = new WebAssembly.Module(readFileSync(new URL('./match.wasm', import.meta.url)))
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as MatchKernel
}
