import { z } from 'zod'

import { Id } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'

export const AuditEntry = z.object({
  id: Id,
  at: Instant,
  /** A user's name, or what the appliance calls itself. */
  actor: z.string(),
  address: z.string().nullable(),
  /** The operation, by its name in the contract: `runs.cancel`. */
  operation: z.string(),
  object: z.string().nullable(),
  /** What that is called now, or was last; null where nothing has a name by this. A recovery point is called by its set. */
  objectName: z.string().nullable(),
  outcome: z.enum(['done', 'refused', 'failed']),
  /** What was given, without secrets. */
  details: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.output<typeof AuditEntry>

export const audit = {
  list: operation('administer')
    .route({
      method: 'GET',
      path: '/audit',
      summary: 'Who changed or restored what, the newest first',
      tags: ['Audit'],
    })
    .input(
      PageQuery.extend({
        actor: z.string().max(100).optional(),
        operation: z.string().max(100).optional(),
        /** Not before. */
        from: Instant.optional(),
        /** Before, not at. */
        until: Instant.optional(),
      }),
    )
    .output(pageOf(AuditEntry)),
}
