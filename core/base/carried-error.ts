import { CoreError, type ErrorCode } from './error.ts'

/** An error on its way from one thread to another, where structured cloning would drop all but its message. */
export type CarriedError =
  | {
      readonly kind: 'core'
      readonly code: ErrorCode
      readonly message: string
      readonly retryable: boolean
      readonly safety: string | undefined
      readonly remedy: string | undefined
      readonly context: Readonly<Record<string, string | number>>
      readonly cause: string | undefined
    }
  | { readonly kind: 'other'; readonly error: unknown }

export function carryError(error: unknown): CarriedError {
  if (!(error instanceof CoreError)) return { kind: 'other', error }
  const { code, message, retryable, safety, remedy, context, cause } = error
  return {
    kind: 'core',
    code,
    message,
    retryable,
    safety,
    remedy,
    context,
    cause: cause instanceof Error ? cause.message : undefined,
  }
}

export function arrivedError(carried: CarriedError): unknown {
  if (carried.kind === 'other') return carried.error
  const { code, message, retryable, safety, remedy, context, cause } = carried
  return new CoreError(code, message, {
    retryable,
    context,
    ...(safety === undefined ? {} : { safety }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  })
}
