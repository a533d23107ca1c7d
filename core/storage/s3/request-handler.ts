import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'

import { NodeHttpHandler } from '@smithy/node-http-handler'

import type { TokenBucket } from '../token-bucket.ts'

/** A connection on which nothing moves for so long has ended. Milliseconds. */
const STALLED = 30_000
const NOT_CONNECTED = 10_000

type Request = Parameters<NodeHttpHandler['handle']>[0]
type Answer = ReturnType<NodeHttpHandler['handle']>

export interface RequestHandlerOptions {
  /** All uploads together go no faster than it lets them. */
  readonly uploads?: TokenBucket | undefined
  /** Milliseconds without a byte after which a connection is given up. Default: 30 s. */
  readonly stallAfter?: number | undefined
  /** At most so many connections at once. */
  readonly connections: number
}

/** Sends requests, uploads by the bucket. Connections are made when they are needed and kept for those that follow soon. */
export class RequestHandler extends NodeHttpHandler {
  readonly #uploads: TokenBucket | undefined

  constructor({ uploads, stallAfter = STALLED, connections }: RequestHandlerOptions) {
    const agent = { keepAlive: true, maxSockets: connections, timeout: stallAfter }
    super({
      connectionTimeout: NOT_CONNECTED,
      socketTimeout: stallAfter,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    })
    this.#uploads = uploads
  }

  override handle(request: Request, options?: Parameters<NodeHttpHandler['handle']>[1]): Answer {
    const body: unknown = request.body
    const uploads = this.#uploads
    // It is signed by now, and its length is in the header: whether it comes as a whole or in parts is all the same.
    if (uploads !== undefined && body instanceof Uint8Array && body.byteLength > 0)
      request.body = Readable.from(inPortions(body, uploads), { objectMode: false, highWaterMark: 1 })
    return super.handle(request, options)
  }
}

async function* inPortions(body: Uint8Array, uploads: TokenBucket): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.byteLength;) {
    const portion = body.subarray(at, at + uploads.portion)
    await uploads.take(portion.byteLength)
    yield portion
    at += portion.byteLength
  }
}
