import type { Abortable } from './abort.ts'
import { CoreError } from './error.ts'

/** Lets so much work through at a time; the rest waits, first come first served. */
export interface Gate {
  /** Throws `service/busy` where too much waits already, and the signal's reason where it is aborted before its turn. */
  run<T>(work: () => Promise<T>, options?: Abortable): Promise<T>
}

export interface GateOptions {
  readonly atOnce: number
  readonly mostWaiting: number
  /** What is said where too much waits: what goes on, and what to do. */
  readonly busy: { readonly message: string; readonly safety: string; readonly remedy: string }
}

export function createGate({ atOnce, mostWaiting, busy: { message, safety, remedy } }: GateOptions): Gate {
  let running = 0
  const waiting = new Set<() => void>()

  function leave(): void {
    running--
    const [next] = waiting
    next?.()
  }

  function enter(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      function admit(): void {
        waiting.delete(admit)
        signal?.removeEventListener('abort', giveUp)
        running++
        resolve()
      }
      function giveUp(): void {
        waiting.delete(admit)
        reject(signal?.reason)
      }
      if (running < atOnce) {
        admit()
        return
      }
      waiting.add(admit)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  return {
    async run(work, { signal } = {}) {
      signal?.throwIfAborted()
      if (running >= atOnce && waiting.size >= mostWaiting) {
        throw new CoreError('service/busy', message, { retryable: true, safety, remedy })
      }
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
