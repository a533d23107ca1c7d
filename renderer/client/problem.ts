import { ORPCError } from '@orpc/client'

import type { ErrorData, ErrorName } from '../../core/contract/index.ts'

/** What went wrong, as a person is told of it. */
export interface Problem {
  /** `OFFLINE`: nobody answered. */
  readonly kind: ErrorName | 'OFFLINE'
  /** Stable: `storage/full`. */
  readonly reason: string
  readonly message: string
  readonly object: string | null
  readonly safety: string | null
  readonly remedy: string | null
  readonly fields: readonly { readonly path: string; readonly message: string }[]
}

const KINDS: Readonly<Record<ErrorName, true>> = {
  BAD_INPUT: true,
  NOT_SIGNED_IN: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  CONFLICT: true,
  UNCONFIRMED: true,
  TOO_LARGE: true,
  TOO_MANY: true,
  DEFECT: true,
  UNAVAILABLE: true,
}

/** Whatever was thrown, as a problem. What the appliance said is kept as it said it. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof ORPCError)) return offline(error)
  // A proxy in between, or a service that is starting, answers without our words.
  if (!isKind(error.code)) return { ...offline(error), reason: `http/${error.status}` }
  const { reason, object, safety, remedy, fields } = { ...NOTHING, ...(error.data as Partial<ErrorData> | undefined) }
  return { kind: error.code, reason, message: error.message, object, safety, remedy, fields }
}

/** Whether it was stopped on purpose, so that nobody needs to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

const NOTHING: ErrorData = { reason: 'internal/defect', object: null, fields: [], safety: null, remedy: null }

function offline(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error)
  return { ...NOTHING, kind: 'OFFLINE', reason: 'console/offline', message }
}

function isKind(code: string): code is ErrorName {
  return Object.hasOwn(KINDS, code)
}
