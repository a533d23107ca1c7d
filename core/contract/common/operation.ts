import { oc } from '@orpc/contract'

import type { Access } from './access.ts'
import { ERRORS } from './error.ts'

/** What is said of an operation beside its input and output. */
export interface OperationMeta {
  readonly access: Access
  /** The audit keeps that it was called, by whom, and on what. Everything that changes or restores something is kept. */
  readonly isAudited?: boolean
}

/** Begins an operation: what it asks of its caller is never left unsaid. */
export function operation(access: Access, { isAudited = false }: { readonly isAudited?: boolean } = {}) {
  return oc.$meta<OperationMeta>({ access, isAudited }).errors(ERRORS)
}
