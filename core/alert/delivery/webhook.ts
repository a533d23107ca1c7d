import { createHmac } from 'node:crypto'

import type { Abortable } from '../../base/index.ts'
import { connectionReason, undelivered } from './failure.ts'
import { redact } from './redact.ts'

export interface WebhookRequest extends Abortable {
  readonly url: string
  readonly secret: string | null
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How long all of it may take. Milliseconds. */
  readonly timeout: number
  readonly fetch: typeof globalThis.fetch
}

/** Of an answer no more is read, and only where it says no. Bytes. */
const LONGEST_ANSWER = 64 * 1024

/**
 * Sends it by POST. Any 2xx is success. Throws `alert/undelivered`, which names the server and never the rest of the address:
 * many services have their token in the path.
 */
export async function postWebhook(request: WebhookRequest): Promise<void> {
  const { secret, body, now, timeout, signal, fetch } = request
  const { url, credentials } = splitUrl(request.url)
  const limit = AbortSignal.timeout(timeout)
  const response = await fetch(url, {
    method: 'POST',
    // What is sent somewhere is meant for there: a redirect is for a person to look at.
    redirect: 'manual',
    body,
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Holdfast',
      ...(credentials === null ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
      ...(secret === null ? {} : { 'x-holdfast-signature': signatureOf(body, secret, now) }),
    },
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw unreachable(url, limit.aborted, error)
  })
  if (response.ok) {
    await response.body?.cancel().catch(() => {})
    return
  }
  const answer = redact(await beginningOf(response), secretsOf(request))
  signal?.throwIfAborted()
  throw refused(url, response.status, answer)
}

/**
 * `t=` seconds since the epoch, `v1=` HMAC-SHA256, in hex, of those seconds, a full stop and the body. Whoever receives it
 * refuses what is older than a few minutes, so that nobody sends it again.
 */
function signatureOf(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/** `fetch` takes no address with a user in it. */
function splitUrl(text: string): { readonly url: URL; readonly credentials: string | null } {
  const url = URL.parse(text)
  if (url === null) throw undelivered('The address of the webhook is none.', 'Correct it in the delivery of alerts.')
  const { username, password } = url
  url.username = ''
  url.password = ''
  const credentials = username === '' && password === '' ? null : `${decoded(username)}:${decoded(password)}`
  return { url, credentials }
}

/** Of an address that is wrongly encoded, the words as they are. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function secretsOf({ url, secret }: WebhookRequest): string[] {
  const { username, password, pathname, search } = new URL(url)
  const credentials = [`${decoded(username)}:${decoded(password)}`, decoded(password)]
  const parts = pathname.split('/').filter((part) => part.length >= 16)
  const query = [...new URLSearchParams(search).values()].filter((value) => value.length >= 8)
  return [secret ?? '', ...(password === '' ? [] : credentials), pathname + search, ...parts, ...query].filter(
    (text) => text.length > 1,
  )
}

function unreachable(url: URL, isLate: boolean, error: unknown): Error {
  const { cause } = error as { readonly cause?: unknown }
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const [reason, remedy] = isLate
    ? ['it does not answer in time', 'See that the server runs, and that no firewall is between.']
    : (connectionReason([code]) ?? [
        typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed',
        'See that the address is right and that the server runs.',
      ])
  return undelivered(`The webhook at ${url.origin} was not told: ${reason}.`, remedy)
}

function refused(url: URL, status: number, answer: string): Error {
  if (status >= 300 && status < 400)
    return undelivered(
      `The webhook at ${url.origin} was not told: it answers with a redirect (${status}), which is not followed.`,
      'Give the address that it redirects to, if that is meant.',
    )
  return undelivered(
    `The webhook at ${url.origin} was not told: it answers with ${status}${answer === '' ? '' : ` and says "${answer}"`}.`,
    status >= 500 ? 'See the log of that server.' : 'See that address and secret are what that server wants.',
  )
}

async function beginningOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of response.body ?? []) {
      parts.push(part)
      length += part.length
      // Leaving the loop cancels what is left.
      if (length >= LONGEST_ANSWER) break
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(parts).subarray(0, LONGEST_ANSWER).toString('utf8')
}
