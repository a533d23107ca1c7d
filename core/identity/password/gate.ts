import { type Abortable, CoreError } from '../../base/index.ts'

/** Lets so much work through at a time; the rest waits, first come first served. */
export interface Gate {
  /** Throws `service/busy` where too many wait already, and the signal's reason where it is aborted before its turn. */
  run<T>(work: () => Promise<T>, options?: Abortable): Promise<T>
}

export interface GateOptions {
  readonly atOnce: number
  readonly mostWaiting: number
}

export function createGate({ atOnce, mostWaiting }: GateOptions): Gate {
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
      if (running >= atOnce && waiting.size >= mostWaiting) throw busy()
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}

function busy(): CoreError {
  return new CoreError('service/busy', 'Too many are signing in at this moment', {
    retryable: true,
    safety: 'Nothing was changed; backups go on.',
    remedy: 'Try again in some seconds. If it stays so, somebody may be guessing passwords: look into the audit.',
  })
}
