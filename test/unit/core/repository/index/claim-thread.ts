import { parentPort, workerData } from 'node:worker_threads'

import { attachBlobIndex, type SharedBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import { writeMadeId } from './made-id.ts'

/** Work for this thread: to claim each of `blobs` ids, in an order of its own, and to place what it got. */
export interface ClaimJob {
  readonly shared: SharedBlobIndex
  readonly thread: number
  readonly threads: number
  readonly blobs: number
  /** Counts who is ready, so that all begin at once. */
  readonly ready: SharedArrayBuffer
}

/** What a thread did: the numbers that it claimed, and how many that it should have found were not there. */
export interface ClaimReport {
  readonly claimed: Uint32Array
  readonly lost: number
}

const { shared, thread, threads, blobs, ready } = workerData as ClaimJob
const index = attachBlobIndex(shared)
const claimed = new Uint32Array(blobs)
const id = Buffer.alloc(32)
const found = Buffer.alloc(32)
let count = 0
let lost = 0

const words = new Int32Array(ready)
Atomics.add(words, 0, 1)
Atomics.notify(words, 0)
for (let there = Atomics.load(words, 0); there < threads; there = Atomics.load(words, 0)) Atomics.wait(words, 0, there)

for (let step = 0; step < blobs; step++) {
  // Threads meet again and again: the same blobs in nearly the same order, some forwards and some backwards.
  const number = thread % 2 === 0 ? step : blobs - 1 - step
  const type = number % 3 === 0 ? 'tree' : 'data'
  writeMadeId(number, id)
  const entry = index.claim(type, id)
  if (entry >= 0) {
    index.place(entry, thread, number, number + 1, number + 2)
    claimed[count++] = number
  } else {
    const at = index.find(type, id)
    if (at < 0 || !index.idOf(at, found).equals(id)) lost++
  }
}
parentPort?.postMessage({ claimed: claimed.slice(0, count), lost } satisfies ClaimReport)
