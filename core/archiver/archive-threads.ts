import { Worker } from 'node:worker_threads'

import type { ArchiveWorkerData } from './messages.ts'

/**
 * Worker threads that have loaded their code and wait to be told of a run. They can be started while nobody knows the
 * repository's key yet: deriving it from the password takes one processor half a second.
 */
export interface ArchiveThreads {
  readonly threads: readonly Worker[]
  /** Tells each thread of the run. Once. */
  begin(dataFor: (number: number) => ArchiveWorkerData): void
  terminate(): Promise<void>
}

/** What a waiting thread is started with: one word, 1 once its `ArchiveWorkerData` is there as a message. */
export type WaitingWorkerData = SharedArrayBuffer

export function startArchiveThreads(count: number): ArchiveThreads {
  const begun = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const word = new Int32Array(begun)
  const threads = Array.from(
    { length: count },
    () =>
      new Worker(new URL('./archive-worker.ts', import.meta.url), { workerData: begun satisfies WaitingWorkerData }),
  )
  return {
    threads,
    begin(dataFor) {
      for (const [number, thread] of threads.entries()) thread.postMessage(dataFor(number))
      Atomics.store(word, 0, 1)
      Atomics.notify(word, 0)
    },
    async terminate() {
      await Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}
