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
      readonly cause: CarriedCause | undefined
    }
  | { readonly kind: 'other'; readonly error: unknown; readonly members: SystemMembers }

/** What cloning keeps of an error, and what it would drop. */
interface CarriedCause {
  readonly message: string
  readonly members: SystemMembers
}

/** What the errors of system calls have beside their message. */
type SystemMembers = Readonly<Partial<Record<'code' | 'syscall' | 'path', string>>>

export function carryError(error: unknown): CarriedError {
  if (!(error instanceof CoreError)) return { kind: 'other', error, members: membersOf(error) }
  const { code, message, retryable, safety, remedy, context, cause } = error
  return {
    kind: 'core',
    code,
    message,
    retryable,
    safety,
    remedy,
    context,
    cause: cause instanceof Error ? { message: cause.message, members: membersOf(cause) } : undefined,
  }
}

export function arrivedError(carried: CarriedError): unknown {
  if (carried.kind === 'other')
    return carried.error instanceof Error ? Object.assign(carried.error, carried.members) : carried.error
  const { code, message, retryable, safety, remedy, context, cause } = carried
  return new CoreError(code, message, {
    retryable,
    context,
    ...(safety === undefined ? {} : { safety }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(cause === undefined ? {} : { cause: Object.assign(new Error(cause.message), cause.members) }),
  })
}

function membersOf(error: unknown): SystemMembers {
  if (!(error instanceof Error)) return {}
  const { code, syscall, path } = error as NodeJS.ErrnoException
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(syscall === undefined ? {} : { syscall }),
    ...(path === undefined ? {} : { path }),
  }
}
