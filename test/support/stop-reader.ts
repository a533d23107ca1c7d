import { Worker } from 'node:worker_threads'

import type { StartPointReaderOptions } from '../../core/reader/index.ts'

/** What happens where the thread reads a pack: all of it sleeps, or breaks down; or this pack is waited for. */
export const DO = { goOn: 0, sleep: 1, crash: 2, wait: 3 } as const

/** Words that the test shares with the thread: what is wanted; how often a pack was to be read; how often that was aborted. */
export const AT = { wanted: 0, reached: 1, aborted: 2 } as const

export interface StoppedReaderData {
  readonly words: SharedArrayBuffer
}

/** Readers that do as a test says. */
export interface StopReader {
  readonly start: NonNullable<StartPointReaderOptions['start']>
  readonly threads: readonly Worker[]
  want(what: keyof typeof DO): void
  /** Resolves when a thread has come to where it reads a pack, since the last `want`. */
  reached(): Promise<void>
  /** Resolves when reading a pack was aborted. */
  aborted(): Promise<void>
}

export function createStopReader(): StopReader {
  const words = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)
  const shared = new Int32Array(words)
  const threads: Worker[] = []
  let since = 0
  return {
    threads,
    start(data) {
      const workerData = { ...data, words }
      const thread = new Worker(new URL('./stopped-reader.ts', import.meta.url), { workerData })
      threads.push(thread)
      return thread
    },
    want(what) {
      since = Atomics.load(shared, AT.reached)
      Atomics.store(shared, AT.wanted, DO[what])
      Atomics.notify(shared, AT.wanted)
    },
    async reached() {
      while (Atomics.load(shared, AT.reached) === since) {
        const waiting = Atomics.waitAsync(shared, AT.reached, since)
        if (waiting.async) await waiting.value
      }
    },
    async aborted() {
      const { value } = Atomics.waitAsync(shared, AT.aborted, 0)
      await value
    },
  }
}
