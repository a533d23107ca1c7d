import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id, Name, Reference } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { PageQuery, pageOf } from './common/page.ts'
import { RetentionDecision } from './policy.ts'
import { Content } from './source.ts'

/** Whether a backup set is protected as its policy says. */
export const Protection = z.enum(['protected', 'late', 'warning', 'failed', 'never', 'disabled'])
export type Protection = z.output<typeof Protection>

/** For how many days its points stay on the local disk of its vault's cache (CC-10). Null: as the cache says. */
const HotDays = z.int().min(0).max(3650).nullable()

export const BackupSet = z.object({
  id: Id,
  name: z.string(),
  source: Reference,
  vault: Reference,
  policy: Reference,
  content: Content,
  isEnabled: z.boolean(),
  hotDays: HotDays,
  createdAt: Instant,
  protection: Protection,
  points: z.int(),
  newestPointAt: Instant.nullable(),
  newestCompletePointAt: Instant.nullable(),
  nextRunAt: Instant.nullable(),
  lastRunId: Id.nullable(),
  runningRunId: Id.nullable(),
  /** Scheduled runs skipped in a row because what reads the source was not there (NAS-6, NAS-7). */
  skips: z.int(),
  bytesProtected: ByteCount.nullable(),
  /** When a sample of it was last restored and compared. Null: never. */
  lastVerifiedAt: Instant.nullable(),
})
export type BackupSet = z.output<typeof BackupSet>

/** Takes roots that are not there, too: they lie on a disk that comes and goes. */
const allowMissingRoots = z.boolean().optional()
const Editable = { name: Name, policyId: Id, content: Content, isEnabled: z.boolean(), hotDays: HotDays }

export const sets = {
  list: operation('view')
    .route({ method: 'GET', path: '/sets', summary: 'All backup sets', tags: ['Backup sets'] })
    .output(z.object({ items: z.array(BackupSet) })),
  get: operation('view')
    .route({ method: 'GET', path: '/sets/{id}', summary: 'One backup set', tags: ['Backup sets'] })
    .input(z.strictObject({ id: Id }))
    .output(BackupSet),
  create: operation('configure', { isAudited: true })
    .route({ method: 'POST', path: '/sets', summary: 'Protect something', tags: ['Backup sets'], successStatus: 201 })
    .input(
      z.strictObject({
        ...Editable,
        isEnabled: Editable.isEnabled.default(true),
        hotDays: HotDays.optional(),
        sourceId: Id,
        vaultId: Id,
        allowMissingRoots,
      }),
    )
    .output(BackupSet),
  update: operation('configure', { isAudited: true })
    .route({ method: 'PATCH', path: '/sets/{id}', summary: 'Change a backup set', tags: ['Backup sets'] })
    .input(z.strictObject({ id: Id, ...z.object(Editable).partial().shape, allowMissingRoots }))
    .output(BackupSet),
  remove: operation('configure', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/sets/{id}',
      summary: 'Stop protecting it. Its recovery points stay until somebody forgets them',
      tags: ['Backup sets'],
    })
    .input(z.strictObject({ id: Id }))
    .output(z.object({})),
  retention: operation('view')
    .route({
      method: 'GET',
      path: '/sets/{id}/retention',
      summary: 'Which points its policy keeps, and why: the newest first',
      tags: ['Backup sets'],
    })
    .input(z.strictObject({ id: Id, ...PageQuery.shape }))
    .output(
      z.object({
        ...pageOf(RetentionDecision).shape,
        /** Of all points of the set, on whatever page. */
        total: z.number().int().min(0),
        kept: z.number().int().min(0),
      }),
    ),
}
