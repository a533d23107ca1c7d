import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

import type { Clock } from '../../base/index.ts'
import type { TokenBucket } from '../../storage/index.ts'
import { Refusal } from '../answer/refusal.ts'

export interface Patience {
  /** How long a body may stand still. Milliseconds. */
  readonly stillFor: number
  /** It need not be faster than this over all its time. Bytes a second. */
  readonly slowest: number
}

/** A body holds memory while it comes. A pack of 16 MiB may take half an hour. */
export const PATIENCE: Patience = { stillFor: 60_000, slowest: 8 * 1024 }

export interface ReadBodyOptions {
  /** Where to put it: as long as the body. */
  readonly into: Uint8Array
  readonly uploads: TokenBucket | undefined
  readonly patience: Patience
  readonly clock: Clock
}

/**
 * Reads the whole body of an upload, and hashes it while it comes: SHA-256, in hexadecimal digits. Throws a `Refusal` for one that comes too slowly, and an `AbortError`
 * where the client goes away before its end.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<string> {
  const { into, uploads, patience, clock } = options
  const hash = createHash('sha256')
  let at = 0
  /** When the first byte could have come, moved by however long the door itself held the client back. */
  let since = clock.monotonic()
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      reject(wentAway())
      return
    }
    const timer = setTimeout(() => stop(tooSlow()), patience.stillFor)

    function stop(error: Error): void {
      clearTimeout(timer)
      request.off('data', take)
      request.off('end', end)
      request.off('close', cut)
      // What is left of it is read and forgotten.
      request.resume()
      reject(error)
    }

    function take(piece: Buffer): void {
      // Node's parser lets through as much as was told, and no more.
      into.set(piece, at)
      at += piece.length
      hash.update(piece)
      timer.refresh()
      const late = clock.monotonic() - since - patience.stillFor
      if (at < (late / 1000) * patience.slowest) return stop(tooSlow())
      if (uploads) void holdBack(uploads, piece.length)
      return undefined
    }

    async function holdBack(bucket: TokenBucket, count: number): Promise<void> {
      const before = clock.monotonic()
      request.pause()
      await bucket.take(count)
      since += clock.monotonic() - before
      timer.refresh()
      request.resume()
    }

    function end(): void {
      clearTimeout(timer)
      request.off('close', cut)
      resolve(hash.digest('hex'))
    }

    function cut(): void {
      stop(wentAway())
    }

    request.on('data', take)
    request.once('end', end)
    request.once('close', cut)
  })
}

function wentAway(): Error {
  return new DOMException('The client went away before the end of its upload.', 'AbortError')
}

function tooSlow(): Refusal {
  return new Refusal('input/invalid', 'The upload came too slowly', {
    status: 408,
    safety: 'Nothing of it was stored.',
    remedy: 'restic tries again by itself. If it stays so, look at the network, or use a smaller --pack-size.',
  })
}
