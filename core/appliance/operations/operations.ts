import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract'

import type { Abortable } from '../../base/index.ts'
import type { Access, contract, Role } from '../../contract/index.ts'

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

type OperationOf<P> =
  P extends ContractProcedure<infer I, infer O, infer _E, infer _M>
    ? (input: InferSchemaOutput<I>, call: Call) => Promise<InferSchemaInput<O>>
    : never

/**
 * What the appliance can be asked for: the contract, done. Each rejects with a `CoreError`, whose code says which of the
 * contract's errors it is.
 */
export type Operations = {
  readonly [N in keyof typeof contract]: {
    readonly [V in keyof (typeof contract)[N]]: OperationOf<(typeof contract)[N][V]>
  }
}

/** Like `Operations`, of one noun. */
export type OperationsOf<N extends keyof typeof contract> = Operations[N]
