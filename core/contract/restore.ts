import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id } from './common/id.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'
import { EntryPath } from './common/path.ts'
import { Run } from './run.ts'
import { SourceEntry } from './source.ts'

/** What happens to files that are there already. */
export const Overwrite = z.enum(['always', 'if-changed', 'if-newer', 'never'])

export const RestoreRequest = z.strictObject({
  pointId: Id,
  /** What is restored, of the point. `/` is all of it. */
  paths: z.array(EntryPath).min(1, 'Choose what to restore.').max(10_000),
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('original') }),
    z.strictObject({ kind: z.literal('folder'), path: EntryPath }),
  ]),
  overwrite: Overwrite.default('if-changed'),
  /** Reads everything again when it is written. */
  verify: z.boolean().default(true),
})
export type RestoreRequest = z.output<typeof RestoreRequest>

export const RestorePlan = z.object({
  files: z.int(),
  folders: z.int(),
  bytes: ByteCount,
  /** Room where it is restored to. Null where nobody can tell. */
  bytesFree: ByteCount.nullable(),
  hasRoom: z.boolean(),
  /** Files that are there already, as far as was looked: at most `existingLookedAt` of them. */
  existing: z.int(),
  existingLookedAt: z.int(),
  /** Where the first of the files will be. */
  example: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** Each is a sentence that should be read before the restore begins. */
  warnings: z.array(z.string()),
})
export type RestorePlan = z.output<typeof RestorePlan>

export const restores = {
  plan: operation('restore')
    .route({ method: 'POST', path: '/restores/plan', summary: 'What a restore would do', tags: ['Restore'] })
    .input(RestoreRequest)
    .output(RestorePlan),
  start: operation('restore', { isAudited: true })
    .route({ method: 'POST', path: '/restores', summary: 'Restore', tags: ['Restore'], successStatus: 202 })
    .input(RestoreRequest)
    .output(Run),
  browseTarget: operation('restore')
    .route({
      method: 'POST',
      path: '/restores/targets',
      summary: "Folders that the caller may restore to, on the appliance's computer",
      tags: ['Restore'],
    })
    .input(PageQuery.extend({ path: EntryPath.default('/') }))
    .output(pageOf(SourceEntry)),
}
