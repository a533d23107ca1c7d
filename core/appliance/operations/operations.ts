import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract'

import type { contract } from '../../contract/index.ts'
import type { Call } from '../people/call.ts'

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
