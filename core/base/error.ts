/**
 * What went wrong, as a stable name. Code matches on it; the message is for people and may change.
 *
 * - `input/…`: what a person or a program handed over cannot be used.
 * - `storage/…`: where the repository's files live.
 * - `cache/…`: the local tier before it.
 * - `repository/…`: what those files say.
 * - `source/…`: what is being protected.
 * - `target/…`: where a restore writes.
 * - `policy/…`: what a rule forbids, or forbids until a person says otherwise.
 * - `secret/…`: what is kept sealed, and the key that seals it.
 * - `identity/…`: who somebody is.
 * - `object/…`: what the appliance's catalog has, or has not.
 * - `catalog/…`: the catalog as a whole.
 * - `service/…`: the appliance itself.
 * - `alert/…`: telling people and programs elsewhere.
 */
export type ErrorCode =
  | 'input/invalid'
  | 'storage/not-found'
  | 'storage/exists'
  | 'storage/full'
  | 'storage/refused'
  | 'storage/unreachable'
  | 'storage/truncated'
  | 'storage/damaged'
  | 'storage/too-large'
  | 'storage/readonly'
  | 'cache/unusable'
  | 'cache/not-owner'
  | 'repository/not-found'
  | 'repository/exists'
  | 'repository/locked'
  | 'repository/lock-lost'
  | 'repository/wrong-password'
  | 'repository/unsupported'
  | 'repository/damaged'
  | 'repository/not-in-repository'
  | 'source/not-found'
  | 'source/vanished'
  | 'source/unreadable'
  | 'source/too-large'
  | 'target/full'
  | 'target/refused'
  | 'target/mismatch'
  | 'policy/unconfirmed'
  | 'policy/forbidden'
  | 'secret/no-key'
  | 'secret/unreadable'
  | 'identity/refused'
  | 'identity/totp-needed'
  | 'object/not-found'
  | 'object/conflict'
  | 'catalog/newer'
  | 'catalog/damaged'
  | 'service/busy'
  | 'service/unavailable'
  | 'alert/undelivered'
  | 'internal/defect'

export interface CoreErrorOptions {
  /** The error this one explains. */
  readonly cause?: unknown
  /** Whether the same request may succeed when it is simply made again. Default: no. */
  readonly retryable?: boolean
  /** What this means for data that is already stored, in a sentence. */
  readonly safety?: string
  /** What a person should do next, in a sentence. */
  readonly remedy?: string
  /** Facts for a log or a program. Never a secret. */
  readonly context?: Readonly<Record<string, string | number>>
}

/** Said of every defect, unless whoever throws knows more: nobody knows how far the command came. */
export const DEFECT_ADVICE = {
  safety:
    'Files in a repository are never changed; some commands remove what nothing needs any more. `holdfast repo check` tells whether anything is missing.',
  remedy:
    'This is a defect of Holdfast. Run the command again; please report it with these lines, above all if it comes back.',
} as const

/** An error that a person may see: what happened to which object, whether data is safe, what to do next. */
export class CoreError extends Error {
  override readonly name = 'CoreError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly safety: string | undefined
  readonly remedy: string | undefined
  readonly context: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, message: string, options: CoreErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    const advice = code === 'internal/defect' ? DEFECT_ADVICE : undefined
    this.safety = options.safety ?? advice?.safety
    this.remedy = options.remedy ?? advice?.remedy
    this.context = options.context ?? {}
  }
}

/** Whether `error` is a `CoreError` with this code. */
export function isCode(error: unknown, code: ErrorCode): error is CoreError {
  return error instanceof CoreError && error.code === code
}

/** The same error for somebody who knows better what it means for the data, and perhaps what to do next. */
export function withSafety(error: CoreError, safety: string, remedy = error.remedy): CoreError {
  const { code, message, cause, retryable, context } = error
  return new CoreError(code, message, { cause, retryable, safety, context, ...(remedy !== undefined && { remedy }) })
}

/** The `code` of a failed system call (`ENOENT`, `ENOSPC`, …), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  // Node's own errors (`ERR_…`) and ours (`storage/…`) carry a code too.
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}

/**
 * What an error says, for use inside a sentence that names the object: without the call and the path that it was in, and
 * without the sentence's end.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { syscall } = error as NodeJS.ErrnoException
  const end = syscall === undefined ? -1 : error.message.indexOf(`, ${syscall}`)
  return end < 0 ? error.message.replace(/\.$/, '') : error.message.slice(0, end)
}
