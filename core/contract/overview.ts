import { z } from 'zod'

import { Alert } from './alert.ts'
import { BackupSet, Protection } from './backup-set.ts'
import { ByteCount } from './common/bytes.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { Run } from './run.ts'

export const Overview = z.object({
  /** One word for everything: `empty` where nothing is to be protected yet. */
  state: z.enum(['empty', 'protected', 'attention', 'unprotected']),
  sets: z.record(Protection, z.int()),
  /** The sets that need somebody, the worst first; at most 20. */
  needy: z.array(BackupSet),
  running: z.array(Run),
  alerts: z.array(Alert),
  alertsOpen: z.int(),
  /** The next scheduled run. */
  nextRunAt: Instant.nullable(),
  vaults: z.array(
    z.object({ id: z.string(), name: z.string(), bytesStored: ByteCount.nullable(), bytesFree: ByteCount.nullable() }),
  ),
  /** Of each of the last 14 days, in the appliance's time zone, from the oldest to today. */
  days: z.array(
    z.object({
      day: z.iso.date(),
      succeeded: z.int(),
      warning: z.int(),
      failed: z.int(),
      bytesAdded: ByteCount,
    }),
  ),
})
export type Overview = z.output<typeof Overview>

export const overview = {
  get: operation('view')
    .route({
      method: 'GET',
      path: '/overview',
      summary: 'Is everything protected? What runs, what needs somebody',
      tags: ['Appliance'],
    })
    .output(Overview),
}
