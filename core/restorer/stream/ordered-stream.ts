/** Pieces are made while those before them are written: so many, and so many bytes unless told otherwise. */
const MOST_PIECES = 32
const MOST_BYTES = 32 * 1024 * 1024

/** Writes pieces in the order in which they were added, whichever of them is made first. */
export interface OrderedStream {
  /**
   * Undefined where a piece of so many bytes may be made now; otherwise to be awaited before it is, so that nothing
   * piles up where whoever reads is slow. Rejects with what `write`, or a piece before, has failed with.
   */
  room(bytes: number): Promise<void> | undefined
  /** `bytes` is what the piece takes in memory, while it is made too. */
  add(piece: Buffer | Promise<Buffer>, bytes: number): void
  /** Resolves when all is written. Rejects as `room` does. */
  finish(): Promise<void>
}

interface Piece {
  readonly content: Buffer | Promise<Buffer>
  readonly bytes: number
}

export function createOrderedStream(
  write: (bytes: Buffer) => Promise<void>,
  mostBytes: number = MOST_BYTES,
): OrderedStream {
  const pieces: Piece[] = []
  let held = 0
  let isWriting = false
  let writing = Promise.resolve()
  let failure: { readonly error: unknown } | undefined
  let waiting: { readonly bytes: number; resolve(): void; reject(error: unknown): void } | undefined

  const isFull = (bytes: number): boolean =>
    pieces.length >= MOST_PIECES || (pieces.length > 0 && held + bytes > mostBytes)

  async function writeAll(): Promise<void> {
    isWriting = true
    try {
      for (let first = pieces[0]; first; first = pieces[0]) {
        const content = await first.content
        pieces.shift()
        held -= first.bytes
        if (waiting && !isFull(waiting.bytes)) {
          waiting.resolve()
          waiting = undefined
        }
        await write(content)
      }
      isWriting = false
    } catch (error) {
      failure = { error }
      waiting?.reject(error)
      throw error
    }
  }

  return {
    room(bytes) {
      if (failure) return Promise.reject(failure.error)
      return isFull(bytes) ? new Promise((resolve, reject) => (waiting = { bytes, resolve, reject })) : undefined
    },
    add(content, bytes) {
      // The failure belongs to whoever writes; meanwhile it must not count as unhandled.
      if (content instanceof Promise) content.catch(() => undefined)
      pieces.push({ content, bytes })
      held += bytes
      if (isWriting) return
      writing = writeAll()
      writing.catch(() => undefined)
    },
    finish: () => writing,
  }
}
