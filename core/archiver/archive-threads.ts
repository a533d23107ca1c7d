import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { CoreError } from '../base/index.ts'
import type { LaneMixer } from '../repository/index.ts'
import type { ArchiveWorkerData, FromWorker, ToWorker } from './messages.ts'

/**
 * Worker threads that have loaded their code and wait to be told of a run. They can be started while nobody knows the
 * repository's key yet, and derive it from the password: that takes half a second of one processor.
 */
export interface ArchiveThreads {
  readonly threads: readonly Worker[]
  readonly laneMixer: LaneMixer
  /** Tells each thread of the run. Once. */
  begin(dataFor: (number: number) => ArchiveWorkerData): void
  /**
   * Lets threads that still wait end, and resolves when all have ended; those of a run end with it. Nobody terminates a
   * thread: V8 ends the whole process where a thread is in the middle of loading a native add-on.
   */
  end(): Promise<void>
}

/** What a waiting thread is started with: one word, rung when there are messages. */
export type WaitingWorkerData = SharedArrayBuffer

export function startArchiveThreads(count: number): ArchiveThreads {
  const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const threads = Array.from(
    { length: count },
    () =>
      new Worker(new URL('./worker/archive-worker.ts', import.meta.url), {
        workerData: word.buffer satisfies WaitingWorkerData,
      }),
  )

  const ended = threads.map((thread) => new Promise<void>((resolve) => thread.once('exit', () => resolve())))

  function ring(): void {
    Atomics.add(word, 0, 1)
    Atomics.notify(word, 0)
  }

  return {
    threads,
    laneMixer: {
      threads: count,
      mix(number, lanes) {
        const thread = threads[number]
        const mixed = thread ? answerOf(thread) : Promise.resolve()
        thread?.postMessage({ type: 'mix', lanes } satisfies ToWorker)
        ring()
        return mixed
      },
    },
    begin(dataFor) {
      for (const [number, thread] of threads.entries()) {
        thread.postMessage({ type: 'begin', data: dataFor(number) } satisfies ToWorker)
      }
      ring()
    },
    async end() {
      for (const thread of threads) thread.postMessage({ type: 'end' } satisfies ToWorker)
      ring()
      await Promise.all(ended)
    },
  }
}

/** The next message of a thread that waits. */
function answerOf(thread: Worker): Promise<void> {
  // It rejects when the thread fails.
  return once(thread, 'message').then(([answer]) => {
    const message = answer as FromWorker
    if (message.type === 'mixed' && message.isMixed) return
    throw new CoreError('internal/defect', 'A worker thread could not take part in deriving the key.')
  })
}
