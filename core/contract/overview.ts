import { z } from 'zod'

import { Alert } from './alert.ts'
import { BackupSet, Protection } from './backup-set.ts'
import { ByteCount } from './common/bytes.ts'
import { Reference } from './common/id.ts'
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

/** What would be left of a backup set if this computer and all its disks were gone. */
export const BurntDown = z.object({
  set: Reference,
  vault: Reference,
  /** The newest point that there is. */
  newestAt: Instant.nullable(),
  /** The newest one that could be restored elsewhere. Null: none. */
  offSiteAt: Instant.nullable(),
  /** How much of the set's past would be lost: from the one to the other. Null: all of it. */
  gapSeconds: z.int().nullable(),
  /** Points that would be lost. */
  pointsLost: z.int(),
})
export type BurntDown = z.output<typeof BurntDown>

export const overview = {
  get: operation('view')
    .route({
      method: 'GET',
      path: '/overview',
      summary: 'Is everything protected? What runs, what needs somebody',
      tags: ['Appliance'],
    })
    .output(Overview),
  burntDown: operation('view')
    .route({
      method: 'GET',
      path: '/overview/burnt-down',
      summary: 'What could be restored if this computer burnt down now',
      tags: ['Appliance'],
    })
    .output(z.object({ items: z.array(BurntDown), bytesWaiting: ByteCount })),
}
