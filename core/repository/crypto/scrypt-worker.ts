import { readFileSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

import type { MixLanes } from './parallel-scrypt.ts'

const { N, r, lanes, first, end } = workerData as MixLanes
const laneBytes = 128 * r
const PAGE = 65_536

// A lane, twice its length to work in, and the table of N.
const spare = laneBytes
const table = 3 * laneBytes
const pages = Math.ceil((table + N * laneBytes) / PAGE)
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
const module = new WebAssembly.Module(readFileSync(new URL('./smix.wasm', import.meta.url)))
const { smix } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
  smix: (lane: number, r: number, N: number, table: number, spare: number) => void
}

const inside = new Uint8Array(memory.buffer)
const outside = new Uint8Array(lanes)
for (let lane = first; lane < end; lane++) {
  inside.set(outside.subarray(lane * laneBytes, (lane + 1) * laneBytes))
  smix(0, r, N, table, spare)
  outside.set(inside.subarray(0, laneBytes), lane * laneBytes)
}
