import type { ServerResponse } from 'node:http'

/** A client that takes nothing for so long is cut off. restic stops reading while its own disk is busy. Milliseconds. */
const STANDS_STILL = 5 * 60_000

/**
 * Writes on, and waits until the system has taken all of it: the memory may be used again then. Throws the signal's reason
 * where the client goes away.
 */
export function writeOut(response: ServerResponse, piece: string | Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const timer = setTimeout(() => response.destroy(), STANDS_STILL)
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', gone)
      settle()
    }
    const gone = (): void => done(() => reject(signal.reason))
    signal.addEventListener('abort', gone, { once: true })
    response.write(piece, () => done(resolve))
  })
}
