import type { ServerResponse } from 'node:http'

import type { ErrorName } from '../../contract/index.ts'
import { answerError } from '../api/error-answer.ts'

/** Answers with one of the contract's errors, in its shape. */
export function sendError(
  response: ServerResponse,
  name: ErrorName,
  {
    status,
    headers = {},
    ...said
  }: {
    readonly message?: string
    readonly remedy?: string
    readonly status?: number
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): void {
  const error = answerError(name, said)
  const body = JSON.stringify({
    code: error.code,
    status: status ?? error.status,
    message: error.message,
    data: error.data,
    defined: true,
  })
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status ?? error.status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}
