import type { Abortable } from '../../base/index.ts'

/** So many bytes of memory for all who come; whoever finds none waits, first come first served. */
export interface ByteGate {
  /** Resolves to what gives them back. Throws the signal's reason where it is aborted before its turn. */
  take(bytes: number, who: string, options?: Abortable): Promise<() => void>
}

export interface ByteGateOptions {
  /** At least as many as anybody takes at once. */
  readonly most: number
  /** Whoever has so many waits, and keeps nobody else waiting. A single larger one is let through. */
  readonly mostOfOne: number
}

interface Waiter {
  readonly bytes: number
  readonly who: string
  admit(): void
}

export function createByteGate({ most, mostOfOne }: ByteGateOptions): ByteGate {
  let taken = 0
  const takenBy = new Map<string, number>()
  const waiting = new Set<Waiter>()

  function admitNext(): void {
    for (const waiter of waiting) {
      const own = takenBy.get(waiter.who) ?? 0
      if (own > 0 && own + waiter.bytes > mostOfOne) continue
      // Nobody small goes past somebody large who waits: the large one would wait for ever.
      if (taken + waiter.bytes > most) return
      waiter.admit()
    }
  }

  function change(who: string, bytes: number): void {
    taken += bytes
    const own = (takenBy.get(who) ?? 0) + bytes
    if (own > 0) takenBy.set(who, own)
    else takenBy.delete(who)
  }

  return {
    take(bytes, who, { signal } = {}) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const giveUp = (): void => {
          waiting.delete(waiter)
          reject(signal?.reason)
          admitNext()
        }
        const waiter: Waiter = {
          bytes,
          who,
          admit() {
            waiting.delete(waiter)
            signal?.removeEventListener('abort', giveUp)
            change(who, bytes)
            resolve(() => {
              change(who, -bytes)
              admitNext()
            })
          },
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        waiting.add(waiter)
        admitNext()
      })
    },
  }
}
