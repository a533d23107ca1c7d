import type { ServerResponse } from 'node:http'

/** A client that takes nothing for so long is cut off. restic stops reading while its own disk is busy. Milliseconds. */
const STANDS_STILL = 5 * 60_000

/** Writes on, and waits until the client has taken most of it. Throws the signal's reason where it goes away. */
export function writeOn(response: ServerResponse, piece: string | Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    if (response.write(piece)) {
      resolve()
      return
    }
    const timer = setTimeout(() => response.destroy(), STANDS_STILL)
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      response.off('drain', drained)
      signal.removeEventListener('abort', gone)
      settle()
    }
    const drained = (): void => done(resolve)
    const gone = (): void => done(() => reject(signal.reason))
    response.once('drain', drained)
    signal.addEventListener('abort', gone, { once: true })
  })
}
