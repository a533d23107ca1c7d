import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

import type { ErrorName } from '../../contract/index.ts'
import { errorBody, type Saying } from '../guard/answer.ts'
import { answerError } from '../guard/error-answer.ts'

const KNOWN: Readonly<
  Record<string, { readonly name: ErrorName; readonly said: Saying & { readonly status: number } }>
> = {
  HPE_HEADER_OVERFLOW: {
    name: 'TOO_LARGE',
    said: { status: 431, message: 'The headers of the request are too large.', remedy: 'Send less in them.' },
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    name: 'BAD_INPUT',
    said: { status: 408, message: 'The request did not arrive in time.', remedy: 'Try again.' },
  },
}
const UNREADABLE = { status: 400, message: 'The request is no HTTP that can be read.', remedy: 'Look at the client.' }

/** Answers what Node could not read as a request in the contract's shape, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, isBusy: boolean): void {
  // In the middle of another answer it would be read as a part of that.
  if (!socket.writable || isBusy || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { name, said } = KNOWN[error.code ?? ''] ?? { name: 'BAD_INPUT', said: UNREADABLE }
  const { status, ...words } = said
  const body = errorBody(answerError(name, words), status)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    "Content-Security-Policy: default-src 'none'",
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
