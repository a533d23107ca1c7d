import { oc } from '@orpc/contract'

import type { Access } from './access.ts'
import { ERRORS } from './error.ts'

/** What is said of an operation beside its input and output. */
export interface OperationMeta {
  readonly access: Access
  /** The audit keeps that it was called, by whom, and on what. Everything that changes or restores something is kept. */
  readonly isAudited?: boolean
  /** Members of the output that the audit keeps, too: what came of it. Nothing secret. */
  readonly tells?: readonly string[]
}

/** Begins an operation: what it asks of its caller is never left unsaid. */
export function operation(access: Access, { isAudited = false, tells = [] }: Omit<OperationMeta, 'access'> = {}) {
  return oc.$meta<OperationMeta>({ access, isAudited, tells }).errors(ERRORS)
}
