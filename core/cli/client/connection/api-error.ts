import { ORPCError } from '@orpc/client'

import { CoreError, type ErrorCode } from '../../../base/index.ts'
import { type ErrorData, type ErrorName, ERRORS } from '../../../contract/index.ts'

/** What somebody is told where the answer does not say which code it is. */
const CODES: Readonly<Record<ErrorName, ErrorCode>> = {
  BAD_INPUT: 'input/invalid',
  NOT_SIGNED_IN: 'identity/refused',
  FORBIDDEN: 'policy/forbidden',
  NOT_FOUND: 'object/not-found',
  CONFLICT: 'object/conflict',
  UNCONFIRMED: 'policy/unconfirmed',
  TOO_LARGE: 'input/invalid',
  TOO_MANY: 'service/busy',
  DEFECT: 'internal/defect',
  UNAVAILABLE: 'service/unavailable',
}

/** What the service answered, in the words of this house. Whatever is no answer stays as it is. */
export function errorOfAnswer(
  error: unknown,
  { url, isProving }: { readonly url: string; readonly isProving: boolean },
): unknown {
  if (!(error instanceof ORPCError)) return error
  const { code, data, message } = error as ORPCError<string, Partial<ErrorData> | undefined>
  if (!isName(code)) return strangeAnswer(url, error.status, error)
  const { reason, object = null, fields = [], safety = null, remedy = null } = data ?? {}
  const needsLogin = code === 'NOT_SIGNED_IN' && !isProving
  const advice = {
    // Who could not say who he is has changed nothing.
    safety: safety ?? (code === 'NOT_SIGNED_IN' ? 'Nothing was changed.' : null),
    remedy: needsLogin ? `Sign in: holdfast login ${url}` : remedy,
  }
  return new CoreError(codeIn(reason) ?? CODES[code], withFields(message, fields), {
    ...(advice.safety !== null && { safety: advice.safety }),
    ...(advice.remedy !== null && { remedy: advice.remedy }),
    context: {
      ...(object !== null && { object }),
      ...Object.fromEntries(fields.map(({ path, message: why }) => [`fields.${path}`, why])),
    },
  })
}

/** Where one field alone is to blame, the message says already what is wrong with it. */
function withFields(message: string, fields: ErrorData['fields']): string {
  const told = fields.filter((field) => field.message !== message)
  return [message, ...told.map(({ path, message: why }) => `${path || 'It'}: ${why}`)].join(' ')
}

function isName(code: string): code is ErrorName {
  return Object.hasOwn(ERRORS, code)
}

/** A newer service may have codes that this program does not know: they are handed on as they are. */
function codeIn(reason: string | undefined): ErrorCode | undefined {
  return reason !== undefined && /^[a-z]+\/[a-z-]+$/.test(reason) ? (reason as ErrorCode) : undefined
}

/** Throws `service/unavailable` for what no service of ours answers: a page, say. */
export function assertOwnAnswer(url: string, { headers, status }: Response): void {
  const type = headers.get('content-type') ?? ''
  if (!/^(?:application\/json|text\/event-stream)\b/.test(type)) throw strangeAnswer(url, status)
}

/** A proxy, a console of something else, or a service that is older or newer by far. */
function strangeAnswer(url: string, status: number, cause?: unknown): CoreError {
  return new CoreError(
    'service/unavailable',
    `What answers at ${url} does not speak as Holdfast does (status ${status}).`,
    {
      cause,
      safety: 'Nobody knows whether anything was done.',
      remedy: 'Check the address, and that this program and the service are of the same version.',
      context: { url, status },
    },
  )
}
