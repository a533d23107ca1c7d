import type { ServerResponse } from 'node:http'

import type { ErrorData, ErrorName } from '../../contract/index.ts'
import { type AnswerError, answerError } from './error-answer.ts'

/** What is said beside the name of an error, and how. */
export interface Saying extends Partial<ErrorData> {
  readonly message?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with one of the contract's errors, in its shape. */
export function sendError(
  response: ServerResponse,
  name: ErrorName,
  { status, headers = {}, ...said }: Saying = {},
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const error = answerError(name, said)
  const body = Buffer.from(errorBody(error, status))
  const length = String(body.length)
  response.writeHead(status ?? error.status, {
    'content-type': 'application/json',
    'content-length': length,
    ...headers,
  })
  response.end(body)
}

/** An error as it is sent. */
export function errorBody({ code, status, message, data }: AnswerError, otherStatus = status): string {
  return JSON.stringify({ code, status: otherStatus, message, data, defined: true })
}
