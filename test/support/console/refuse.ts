import { ORPCError } from '@orpc/server'

import { type ErrorData, type ErrorName, ERRORS } from '../../../core/contract/index.ts'

/** One of the contract's errors, as the service answers it. */
export function refuse(
  name: ErrorName,
  reason: string,
  message: string,
  data: Partial<ErrorData>,
): ORPCError<ErrorName, ErrorData> {
  return new ORPCError(name, {
    defined: true,
    status: ERRORS[name].status,
    message,
    data: { reason, object: null, fields: [], safety: null, remedy: null, ...data },
  })
}
