import { parentPort, workerData } from 'node:worker_threads'

import { createIdlers } from '../../../../core/archiver/idlers.ts'

/** Work for this thread: to claim the one idle worker again and again, and to let it be idle again at once. */
export interface ClaimJob {
  readonly words: SharedArrayBuffer
  /** How many threads are ready, and how many hold the worker at this moment. */
  readonly counts: SharedArrayBuffer
  readonly threads: number
  readonly attempts: number
}

/** How often this thread claimed it, and how often somebody else held it then. */
export interface ClaimReport {
  readonly claims: number
  readonly clashes: number
}

const { words, counts, threads, attempts } = workerData as ClaimJob
const idlers = createIdlers(new Int32Array(words))
const [READY, HELD] = [0, 1]
const shared = new Int32Array(counts)
Atomics.add(shared, READY, 1)
Atomics.notify(shared, READY)
for (let ready = Atomics.load(shared, READY); ready < threads; ready = Atomics.load(shared, READY)) {
  Atomics.wait(shared, READY, ready)
}
let claims = 0
let clashes = 0
for (let attempt = 0; attempt < attempts; attempt++) {
  if (idlers.claim() < 0) continue
  claims++
  if (Atomics.add(shared, HELD, 1) !== 0) clashes++
  Atomics.sub(shared, HELD, 1)
  idlers.enter(0)
}
parentPort?.postMessage({ claims, clashes } satisfies ClaimReport)
