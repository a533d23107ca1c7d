import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'

import { sleep } from '../../../base/index.ts'
import { isUntrusted, unreachable, untrusted } from './transport-error.ts'
import { type Trust, tlsOptions } from './trust.ts'

/** Carries requests to one service. */
export interface Transport extends Disposable {
  /** Throws `service/unavailable`, and `identity/refused` where somebody else answers. */
  readonly fetch: (request: Request) => Promise<Response>
}

export interface TransportOptions {
  /** The origin; nothing is sent anywhere else. */
  readonly url: string
  readonly trust: Trust
  /** Sent with every request: who calls. */
  readonly headers: () => Readonly<Record<string, string>>
}

/** A service on the same network answers a connection at once, or not at all. Milliseconds. */
const CONNECT_WITHIN = 10_000
/** A stream of events says something every few seconds, if only that it is there. Milliseconds. */
const LONGEST_SILENCE = 30_000
/** Whoever asks too often is told how long to wait (429): so many times that is done. */
const MOST_WAITS = 5

/** Node's own fetch knows neither pinned certificates nor authorities for one request: so this is done with its client. */
export function createTransport({ url, trust, headers }: TransportOptions): Transport {
  const isTls = url.startsWith('https:')
  const agent = isTls ? new HttpsAgent({ keepAlive: true, ...tlsOptions(trust) }) : new HttpAgent({ keepAlive: true })

  function send(given: Request, body: Buffer): Promise<IncomingMessage> {
    const { signal, method } = given
    return new Promise((resolve, reject) => {
      const sent = (isTls ? requestHttps : requestHttp)(given.url, {
        agent,
        method,
        headers: {
          ...Object.fromEntries(given.headers),
          ...headers(),
          ...(body.length > 0 && { 'content-length': body.length }),
        },
      })
      const stop = (): void => void sent.destroy(signal.reason as Error)
      const late = setTimeout(() => sent.destroy(new Error('nobody answered')), CONNECT_WITHIN)
      const connected = (): void => clearTimeout(late)
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      sent.once('socket', (socket) => {
        if (!socket.connecting) connected()
        else socket.once(isTls ? 'secureConnect' : 'connect', connected)
      })
      sent.once('response', (answer) => {
        if (isEvents(answer))
          answer.setTimeout(LONGEST_SILENCE, () => answer.destroy(unreachable(url, new Error('it fell silent'))))
        resolve(answer)
      })
      // Also told of what breaks behind the answer's head, when nobody listens to the promise any more.
      sent.on('error', (error) => {
        if (signal.aborted) reject(signal.reason as Error)
        else reject(isUntrusted(error) ? untrusted(url, error, trust.pinned !== undefined) : unreachable(url, error))
      })
      sent.once('close', () => {
        clearTimeout(late)
        signal.removeEventListener('abort', stop)
      })
      sent.end(body)
    })
  }

  return {
    async fetch(given) {
      if (new URL(given.url).origin !== url) throw new TypeError(`a request to ${given.url} is not one to ${url}`)
      const body = Buffer.from(await given.arrayBuffer())
      for (let waits = 0; ; waits++) {
        const answer = await send(given, body)
        const wait = Number(answer.headers['retry-after'])
        if (answer.statusCode !== 429 || !(wait > 0) || waits === MOST_WAITS) return responseOf(answer)
        answer.resume()
        await sleep(wait * 1000, { signal: given.signal })
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

function isEvents({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') ?? false
}

function responseOf(answer: IncomingMessage): Response {
  const headers = new Headers()
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '')
  const { statusCode: status = 502 } = answer
  if ([204, 205, 304].includes(status)) {
    answer.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers })
}
