import type { Abortable } from '../../base/index.ts'

/** Makes bytes. `write` is to be awaited: it resolves when they were taken, and rejects when nobody wants any more. */
export type MakeBytes = (
  write: (bytes: Buffer) => Promise<void>,
  options: { readonly signal: AbortSignal },
) => Promise<void>

/**
 * Bytes that are made as they are taken: of each reader `make` is begun when he asks first, and one piece waits for him at
 * a time. Who stops early ends it, also while he waits for a piece; once that is told `make` has ended. What `make` fails
 * with, the reader is told in place of the end. Each piece is the reader's own.
 */
export function pulledBytes(make: MakeBytes, { signal }: Abortable = {}): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => pull(make, signal) }
}

interface Piece {
  readonly bytes: Buffer
  readonly taken: () => void
}

const DONE = { done: true, value: undefined } as const

function pull(make: MakeBytes, outer: AbortSignal | undefined): AsyncIterator<Buffer, undefined, undefined> {
  const stopped = new AbortController()
  const signal = AbortSignal.any([stopped.signal, ...(outer ? [outer] : [])])
  let making: Promise<void> | undefined
  let piece: Piece | undefined
  /** How it ended, until that was told. */
  let end: { readonly failure?: { readonly error: unknown } } | undefined
  let news = Promise.withResolvers<void>()
  let turn: Promise<unknown> = Promise.resolve()

  function tell(): void {
    news.resolve()
    news = Promise.withResolvers()
  }

  function finish(ended: NonNullable<typeof end>): void {
    end ??= ended
    // What it still reads ahead nobody wants.
    stopped.abort()
    tell()
  }

  function write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const stop = (): void => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      const taken = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      piece = { bytes, taken }
      tell()
    })
  }

  async function begin(): Promise<void> {
    try {
      signal.throwIfAborted()
      await make(write, { signal })
      finish({})
    } catch (error) {
      finish({ failure: { error } })
    }
  }

  async function take(): Promise<IteratorResult<Buffer, undefined>> {
    making ??= begin()
    for (;;) {
      if (end) {
        const { failure } = end
        end = {}
        if (failure) throw failure.error
        return DONE
      }
      if (piece) {
        const { bytes, taken } = piece
        piece = undefined
        // Whoever made them may use their memory again once they were taken.
        const value = Buffer.from(bytes)
        taken()
        return { done: false, value }
      }
      await news.promise
    }
  }

  return {
    next() {
      const taken = turn.then(take)
      turn = taken.catch(() => undefined)
      return taken
    },
    async return() {
      finish({})
      end = {}
      await making
      return DONE
    },
  }
}
