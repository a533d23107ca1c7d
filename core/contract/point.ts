import { z } from 'zod'

import { ByteCount, FileSize } from './common/bytes.ts'
import { Id, Reference } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'
import { EntryPath } from './common/path.ts'

/** GEN-11. Hot needs a CloudCache; warm is at most 90 days old, cold is older. */
export const Temperature = z.enum(['hot', 'warm', 'cold'])

/** From where a point of a vault with a cache can be restored now (CC-13, CC-14). */
export const RestorableFrom = z.object({
  /** `mixed`: what it needs is partly in the one and partly in the other, and both have to be there. */
  from: z.enum(['cache', 'cloud', 'both', 'mixed', 'neither']),
  /** All it needs is in the cloud. */
  isOffSite: z.boolean(),
  /** Since when it is, or when it will be by the windows of now. Null: never as they are, or nobody knows. */
  offSiteAt: Instant.nullable(),
  /** What it needs and the cache has not got. Null: nobody has looked yet. */
  bytesInCloudOnly: ByteCount.nullable(),
  /** What it needs and the cloud has not got. */
  bytesInCacheOnly: ByteCount.nullable(),
})
export type RestorableFrom = z.output<typeof RestorableFrom>

export const Point = z.object({
  id: Id,
  /** The snapshot's id, as restic shows it. */
  snapshotId: z.string(),
  vault: Reference,
  /** Null where no backup set of this appliance made it. */
  set: Reference.nullable(),
  runId: Id.nullable(),
  host: z.string(),
  roots: z.array(z.string()),
  startedAt: Instant,
  completedAt: Instant,
  /** What clocks showed where it was made: a zone, or an offset such as `+01:00` (NAS-32). */
  timeZone: z.string(),
  kind: z.enum(['full', 'incremental']),
  isComplete: z.boolean(),
  filesMissed: z.int(),
  files: z.int().nullable(),
  bytes: ByteCount.nullable(),
  bytesAdded: ByteCount.nullable(),
  temperature: Temperature,
  /** Null: its vault has no cache. */
  restorableFrom: RestorableFrom.nullable(),
  /** Until when its policy keeps it. Null: as long as nothing changes, or nobody knows. */
  keptUntil: Instant.nullable(),
})
export type Point = z.output<typeof Point>

/** An entry of a recovery point. */
export const PointEntry = z.object({
  name: z.string(),
  path: EntryPath,
  type: z.enum(['folder', 'file', 'link', 'other']),
  size: FileSize.nullable(),
  /** As the file has it: RFC 3339 with up to nine digits behind the point. */
  modifiedAt: z.string(),
  mode: z.string(),
  owner: z.string(),
  group: z.string(),
  linkTarget: z.string().nullable(),
})
export type PointEntry = z.output<typeof PointEntry>

const OnePoint = z.strictObject({ id: Id })

export const points = {
  list: operation('view')
    .route({ method: 'GET', path: '/points', summary: 'Recovery points, the newest first', tags: ['Recovery points'] })
    .input(
      PageQuery.extend({
        setId: Id.optional(),
        vaultId: Id.optional(),
        from: Instant.optional(),
        until: Instant.optional(),
      }),
    )
    .output(pageOf(Point)),
  get: operation('view')
    .route({ method: 'GET', path: '/points/{id}', summary: 'One recovery point', tags: ['Recovery points'] })
    .input(OnePoint)
    .output(Point),
  browse: operation('browse')
    .route({
      method: 'GET',
      path: '/points/{id}/entries',
      summary: 'What a folder of a recovery point holds, by name',
      tags: ['Recovery points'],
    })
    .input(PageQuery.extend({ id: Id, path: EntryPath.default('/') }))
    .output(pageOf(PointEntry)),
  find: operation('browse')
    .route({
      method: 'GET',
      path: '/points/{id}/find',
      summary: 'Entries whose names fit a pattern, in a recovery point',
      tags: ['Recovery points'],
    })
    .input(PageQuery.extend({ id: Id, pattern: z.string().min(1).max(1000), path: EntryPath.default('/') }))
    .output(
      pageOf(PointEntry).extend({
        /** How many entries were looked at. */
        looked: z.int(),
      }),
    ),
  versions: operation('browse')
    .route({
      method: 'GET',
      path: '/sets/{setId}/versions',
      summary: 'All versions of a file that the recovery points of a backup set have',
      tags: ['Recovery points'],
    })
    .input(PageQuery.extend({ setId: Id, path: EntryPath }))
    .output(
      pageOf(
        z.object({ point: Reference.extend({ completedAt: Instant }), entry: PointEntry, isSameAsOlder: z.boolean() }),
      ),
    ),
  forget: operation('administer', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/points/{id}',
      summary: 'Remove a recovery point for good',
      tags: ['Recovery points'],
    })
    .input(OnePoint)
    .output(z.object({ runId: Id })),
}
