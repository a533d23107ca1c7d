import { readFileSync } from 'node:fs'

/** Lanes of one scrypt, lying one after another, of which some are to be mixed where they lie. */
export interface Lanes {
  readonly N: number
  readonly r: number
  /** `128 * r` bytes a lane. */
  readonly lanes: SharedArrayBuffer
  /** The first lane that is to be mixed, and the one after the last. */
  readonly first: number
  readonly end: number
}

const PAGE = 65_536

/**
 * Mixes lanes (`scryptROMix` of RFC 7914) in this thread; takes the memory of one lane's table meanwhile, which `prepare`
 * may do something for before it is filled.
 */
export function mixLanes({ N, r, lanes, first, end }: Lanes, prepare?: (memory: Uint8Array) => void): void {
  const laneBytes = 128 * r
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
  prepare?.(inside)
  const outside = new Uint8Array(lanes)
  for (let lane = first; lane < end; lane++) {
    inside.set(outside.subarray(lane * laneBytes, (lane + 1) * laneBytes))
    smix(0, r, N, table, spare)
    outside.set(inside.subarray(0, laneBytes), lane * laneBytes)
  }
}
