import { type AnyContractProcedure, isContractProcedure } from '@orpc/contract'

import { contract, type OperationMeta } from '../../core/contract/index.ts'

/** An operation of the contract, by its name there: `runs.cancel`. */
export interface ListedOperation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly meta: OperationMeta
  readonly procedure: AnyContractProcedure
}

/** Every operation that there is: what is proved of operations is proved of each. */
export function listOperations(): ListedOperation[] {
  return Object.entries(contract).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, procedure]): ListedOperation => {
      if (!isContractProcedure(procedure)) throw new Error(`${noun}.${verb} is no operation`)
      const { route, meta } = procedure['~orpc']
      return { name: `${noun}.${verb}`, method: route.method ?? '', path: route.path ?? '', meta, procedure }
    }),
  )
}
