import type { IncomingMessage } from 'node:http'

import { type AnswerError, answerError } from './error-answer.ts'

/** What a caller may send at once. Whoever is nobody yet signs in, which takes no more than a name and a password. */
const MOST_BODY = 1024 * 1024
const MOST_OF_NOBODY = 16 * 1024
const HEARD_OUT = 8
/** Nothing of the contract is deeper than a few levels; what goes down them calls itself. */
const DEEPEST = 64

/**
 * The body of a request: an object of JSON, or undefined where there is none. Throws the contract's error for any other.
 *
 * It is read before anybody knows whether the caller may call, as the audit keeps what he asked for: therefore a stranger's
 * is small.
 */
export async function readBody(request: IncomingMessage, isSomebody: boolean): Promise<object | undefined> {
  const { 'content-length': length, 'transfer-encoding': coding, 'content-type': type = '' } = request.headers
  if (coding === undefined && Number(length ?? 0) === 0) return undefined
  const most = isSomebody ? MOST_BODY : MOST_OF_NOBODY
  const pieces: Buffer[] = []
  let size = 0
  // Who is cut off while he sends hears no answer: what is somewhat too large is read to its end, and not kept.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size <= most) pieces.push(piece)
    if (size > HEARD_OUT * most) break
  }
  if (size > most) throw answerError('TOO_LARGE')
  if (size === 0) return undefined
  // A form, or text, is what a page of somebody else can send without being asked first (Fetch, CORS).
  if (!/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type)) throw notJson()
  if (request.headers['content-encoding'] !== undefined) throw notJson()
  return objectIn(Buffer.concat(pieces))
}

function objectIn(bytes: Buffer): object {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw notJson()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson('The body is no object.')
  if (isDeeper(value, DEEPEST)) throw notJson('The body is nested too deep.')
  return value
}

/** Level by level, as what calls itself would be what it looks for. */
function isDeeper(value: object, most: number): boolean {
  let level: object[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= most) return true
    level = level.flatMap((each) =>
      Object.values(each).filter((member): member is object => typeof member === 'object' && member !== null),
    )
  }
  return false
}

function notJson(message = 'The body of the request cannot be read.'): AnswerError {
  return answerError('BAD_INPUT', {
    message,
    safety: 'Nothing was changed.',
    remedy: 'Send an object of JSON as the API says it, in UTF-8, with the content type application/json.',
  })
}
