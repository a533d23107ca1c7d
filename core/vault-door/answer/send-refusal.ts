import type { ServerResponse } from 'node:http'

import type { Refusal } from './refusal.ts'

/** A client that is sent away sends the rest of its body for so long; then it is cut off. Milliseconds. */
const HEARD_OUT = 30_000
const LONGEST_REASON = 300

/**
 * Answers with why not. Its message is the reason of the status, too: the only part that restic shows. Where an answer has
 * begun already the connection is cut, so that nobody takes a part for the whole.
 */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { message, safety, remedy, status, headers } = refusal
  const body = `${[message, safety, remedy]
    .filter((line) => line !== undefined)
    .map((line) => (line.endsWith('.') ? line : `${line}.`))
    .join('\n')}\n`
  response.statusMessage = message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_REASON)
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
  hearOut(response)
}

/** Node reads the rest of a body that nobody wanted, at whatever pace it comes. Who is cut off at once hears no answer. */
function hearOut({ req: request }: ServerResponse): void {
  if (request.complete) return
  const timer = setTimeout(() => request.socket.destroy(), HEARD_OUT)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
}
