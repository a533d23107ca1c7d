import { type Abortable, CoreError } from '../../base/index.ts'
import { type Access, isGranted, type Role } from '../../contract/index.ts'

/** Who calls, as it was proved. */
export interface Caller {
  readonly userId: string
  readonly name: string
  readonly role: Role
  /** What he may call: what the role grants, or less for a token. */
  readonly access: readonly Access[]
  /** Null: all but the system's. */
  readonly sourceRoots: readonly string[] | null
  /** Null: all but the system's. */
  readonly restoreRoots: readonly string[] | null
  readonly by: { readonly kind: 'session' | 'token'; readonly id: string }
  /** Milliseconds since the epoch. Null: it does not end. */
  readonly expiresAt: number | null
}

/** What an operation is told beside its input. */
export interface Call extends Abortable {
  /** Undefined where nobody is signed in. Operations that ask for more than `anyone` are only reached by a caller who may. */
  readonly caller: Caller | undefined
  /** Where the request came from: for throttles and the audit. */
  readonly address: string
  /** Of a stream of events: the last one that the client has. */
  readonly lastEventId?: string | undefined
  /** Gives the client the secret of a session that was begun, or takes it back. */
  readonly setSession: (session: { readonly secret: string; readonly expiresAt: number } | undefined) => void
}

/** Throws `policy/forbidden` where the caller's access is not enough for what he asks, though it is for the operation. */
export function mustMay({ caller }: Call, access: Access): void {
  if (caller && isGranted(caller.role, access) && caller.access.includes(access)) return
  throw new CoreError('policy/forbidden', 'Your role does not allow this.', {
    safety: 'Nothing was changed.',
    remedy: 'Ask somebody who may, or an administrator.',
  })
}
