import { parentPort, workerData } from 'node:worker_threads'

import { createBell, PipelineStopped } from '../../../../../core/repository/pipeline/bell.ts'

/** Work for this thread: to wait for the numbers 1, 2, 3 … in `word`, each time until the main thread has set it. */
export interface WaitJob {
  readonly control: SharedArrayBuffer
  readonly word: SharedArrayBuffer
  readonly rounds: number
}

const { control, word, rounds } = workerData as WaitJob
const bell = createBell(new Int32Array(control))
const words = new Int32Array(word)
let ended = 'done'
try {
  for (let round = 1; round <= rounds; round++) {
    bell.waitUntil(() => Atomics.load(words, 0) >= round)
    Atomics.store(words, 1, round)
    Atomics.notify(words, 1)
  }
} catch (error) {
  ended = error instanceof PipelineStopped ? 'stopped' : String(error)
}
parentPort?.postMessage(ended)
