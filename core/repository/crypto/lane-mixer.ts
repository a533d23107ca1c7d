import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import type { Lanes } from './mix-lanes.ts'

/**
 * Threads that can mix lanes of scrypt. Whoever has threads that wait for the key anyway lends them: a thread of its own
 * costs 60 ms of processor time before it does anything.
 */
export interface LaneMixer {
  /** How many threads mix at once. */
  readonly threads: number
  /** Has `thread` (from 0) mix these lanes. Rejects where it could not, whatever is in the lanes then. */
  mix(thread: number, lanes: Lanes): Promise<void>
}

/** Each thread takes as much memory as all of a sequential scrypt does: 32 MiB at restic's cost. */
const MOST_THREADS = 4

/** Starts a thread for each piece of work. */
export function createLaneMixer(): LaneMixer {
  return {
    threads: Math.min(availableParallelism(), MOST_THREADS),
    mix: (_, lanes) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL('./scrypt-worker.ts', import.meta.url), { workerData: lanes })
        worker.once('error', reject)
        worker.once('exit', (code) => {
          if (code === 0) resolve()
          else reject(new Error(`a thread that derives the key ended with ${code}`))
        })
      }),
  }
}
