import { ORPCError, ValidationError } from '@orpc/server'

import { CoreError, type ErrorCode } from '../../base/index.ts'
import { type ErrorData, type ErrorName, ERRORS } from '../../contract/index.ts'

/** Which of the contract's errors a code is. Every code has its line, so that a new one is not forgotten. */
const NAMES: Readonly<Record<ErrorCode, ErrorName>> = {
  'input/invalid': 'BAD_INPUT',
  'alert/undelivered': 'UNAVAILABLE',
  'identity/refused': 'NOT_SIGNED_IN',
  'identity/totp-needed': 'NOT_SIGNED_IN',
  'object/not-found': 'NOT_FOUND',
  'object/conflict': 'CONFLICT',
  'catalog/newer': 'UNAVAILABLE',
  'catalog/damaged': 'UNAVAILABLE',
  'secret/no-key': 'UNAVAILABLE',
  'secret/unreadable': 'UNAVAILABLE',
  'service/busy': 'TOO_MANY',
  'service/unavailable': 'UNAVAILABLE',
  'policy/forbidden': 'FORBIDDEN',
  'policy/unconfirmed': 'UNCONFIRMED',
  'repository/damaged': 'CONFLICT',
  'repository/exists': 'CONFLICT',
  'repository/lock-lost': 'CONFLICT',
  'repository/locked': 'CONFLICT',
  'repository/not-found': 'NOT_FOUND',
  'repository/not-in-repository': 'NOT_FOUND',
  'repository/unsupported': 'CONFLICT',
  'repository/wrong-password': 'BAD_INPUT',
  'source/not-found': 'NOT_FOUND',
  'source/too-large': 'CONFLICT',
  'source/unreadable': 'CONFLICT',
  'source/vanished': 'CONFLICT',
  'cache/unusable': 'UNAVAILABLE',
  'cache/not-owner': 'CONFLICT',
  'storage/damaged': 'CONFLICT',
  'storage/exists': 'CONFLICT',
  'storage/full': 'CONFLICT',
  'storage/not-found': 'NOT_FOUND',
  'storage/readonly': 'CONFLICT',
  'storage/refused': 'CONFLICT',
  'storage/too-large': 'CONFLICT',
  'storage/truncated': 'CONFLICT',
  'storage/unreachable': 'UNAVAILABLE',
  'target/full': 'CONFLICT',
  'target/mismatch': 'CONFLICT',
  'target/refused': 'CONFLICT',
  'internal/defect': 'DEFECT',
}

export type AnswerError = ORPCError<ErrorName, ErrorData>

/** An error of the contract, whole. */
export function answerError(
  name: ErrorName,
  { message = ERRORS[name].message, ...data }: Partial<ErrorData> & { readonly message?: string } = {},
): AnswerError {
  return new ORPCError(name, {
    status: ERRORS[name].status,
    message,
    // The contract declares it, so that clients get it typed.
    defined: true,
    data: { reason: REASONS[name], object: null, fields: [], safety: null, remedy: REMEDIES[name] ?? null, ...data },
  })
}

const REASONS: Readonly<Record<ErrorName, string>> = {
  BAD_INPUT: 'input/invalid',
  NOT_SIGNED_IN: 'identity/refused',
  FORBIDDEN: 'policy/forbidden',
  NOT_FOUND: 'object/not-found',
  CONFLICT: 'object/conflict',
  UNCONFIRMED: 'policy/unconfirmed',
  TOO_LARGE: 'input/too-large',
  TOO_MANY: 'service/busy',
  DEFECT: 'internal/defect',
  UNAVAILABLE: 'service/unavailable',
}

const REMEDIES: Readonly<Partial<Record<ErrorName, string>>> = {
  NOT_SIGNED_IN: 'Sign in, or give a token that is valid.',
  FORBIDDEN: 'Ask an administrator for the rights.',
  NOT_FOUND: 'Look at the list: it may have been removed meanwhile.',
  TOO_LARGE: 'Send less at once.',
  TOO_MANY: 'Wait a little, then try again.',
  DEFECT: 'Try again. If it comes back, report it with the log of the service.',
}

/** What a client is told of anything that went wrong. What nobody knows is told as a defect, and nothing of it. */
export function toAnswer(error: unknown): AnswerError {
  if (error instanceof ORPCError) {
    if (isAnswer(error)) return error
    const issues = error.cause instanceof ValidationError ? error.cause.issues : []
    if (error.code === 'BAD_REQUEST') return badInput(issues)
    if (error.status === 413) return answerError('TOO_LARGE')
    return answerError(error.status === 404 ? 'NOT_FOUND' : 'DEFECT')
  }
  if (!(error instanceof CoreError)) return answerError('DEFECT')
  const { code, message, safety = null, remedy = null, context } = error
  const { field, object } = context
  const name = NAMES[code]
  return answerError(name, {
    message: name === 'DEFECT' ? ERRORS.DEFECT.message : message,
    reason: code,
    object: object === undefined ? null : String(object),
    fields: field === undefined ? [] : [{ path: String(field), message }],
    safety,
    remedy: remedy ?? REMEDIES[name] ?? null,
  })
}

/** Whether it is one of the contract's, whole. */
export function isAnswer(error: unknown): error is AnswerError {
  if (!(error instanceof ORPCError)) return false
  const data: unknown = error.data
  return Object.hasOwn(ERRORS, error.code) && typeof data === 'object' && data !== null && 'fields' in data
}

/** Whether somebody was not let do it, as against that it could not be done. */
export function isRefusal({ code }: AnswerError): boolean {
  return code === 'NOT_SIGNED_IN' || code === 'FORBIDDEN' || code === 'TOO_MANY'
}

/** After how many seconds a client that was too much may come again. */
export function waitOf(error: unknown): number {
  const seconds = error instanceof CoreError ? Number(error.context['seconds'] ?? WAIT_SECONDS) : WAIT_SECONDS
  return Math.max(1, Math.ceil(seconds))
}

const WAIT_SECONDS = 5

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Of more fields than that nobody reads. */
const MOST_FIELDS = 20

function badInput(issues: readonly Issue[]): AnswerError {
  if (issues.length === 0) {
    return answerError('BAD_INPUT', {
      message: 'The request cannot be read.',
      safety: 'Nothing was changed.',
      remedy: 'Send JSON as the API says it, with the content type application/json.',
    })
  }
  const fields = issues.slice(0, MOST_FIELDS).map(({ path = [], message }) => ({
    path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }))
  const named = [...new Set(fields.map(({ path }) => path || 'the whole'))].join(', ')
  return answerError('BAD_INPUT', {
    message: `Something that was given cannot be used: ${named}.`,
    fields,
    safety: 'Nothing was changed.',
    remedy: 'Mend these fields; the API documentation says what each may be.',
  })
}
