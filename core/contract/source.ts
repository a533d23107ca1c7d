import { z } from 'zod'

import { ByteCount, FileSize } from './common/bytes.ts'
import { Id, Name } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'
import { EntryPath } from './common/path.ts'

/** What is protected. Further kinds come with later versions. */
export const SourceSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file-server'),
    /** The host that recovery points are said to be of. */
    host: z.string().min(1).max(253),
  }),
])
export type SourceSettings = z.output<typeof SourceSettings>

export const Source = z.object({
  id: Id,
  name: z.string(),
  settings: SourceSettings,
  createdAt: Instant,
  sets: z.int(),
  /** Whether what reads it is there: the appliance itself, for folders of its own computer. */
  isConnected: z.boolean(),
})
export type Source = z.output<typeof Source>

/** Which folders a backup set protects, and what it leaves out. Patterns are restic's. */
export const Content = z.strictObject({
  roots: z.array(EntryPath).min(1, 'Choose at least one folder.').max(1000),
  excludes: z.array(z.string().min(1).max(4096)).max(1000).default([]),
  excludeCaches: z.boolean().default(true),
  excludeLargerThan: ByteCount.nullable().default(null),
  oneFileSystem: z.boolean().default(false),
})
export type Content = z.output<typeof Content>

/** An entry of a folder, of the source as it is now. */
export const SourceEntry = z.object({
  name: z.string(),
  path: EntryPath,
  type: z.enum(['folder', 'file', 'link', 'other']),
  size: FileSize.nullable(),
  modifiedAt: z.string().nullable(),
  /** By the content that was given: null where nothing was asked. */
  isIncluded: z.boolean().nullable(),
})

export const sources = {
  list: operation('view')
    .route({ method: 'GET', path: '/sources', summary: 'All sources', tags: ['Sources'] })
    .output(z.object({ items: z.array(Source) })),
  create: operation('configure', { isAudited: true })
    .route({ method: 'POST', path: '/sources', summary: 'Add a source', tags: ['Sources'], successStatus: 201 })
    .input(z.strictObject({ name: Name, settings: SourceSettings }))
    .output(Source),
  update: operation('configure', { isAudited: true })
    .route({ method: 'PATCH', path: '/sources/{id}', summary: 'Change a source', tags: ['Sources'] })
    .input(z.strictObject({ id: Id, name: Name.optional() }))
    .output(Source),
  remove: operation('configure', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/sources/{id}',
      summary: 'Remove a source that no backup set uses',
      tags: ['Sources'],
    })
    .input(z.strictObject({ id: Id }))
    .output(z.object({})),
  browse: operation('configure')
    .route({
      method: 'POST',
      path: '/sources/{id}/browse',
      summary: 'What a folder of the source holds now, and what of it would be backed up',
      tags: ['Sources'],
    })
    .input(PageQuery.extend({ id: Id, path: EntryPath, content: Content.partial().optional() }))
    .output(pageOf(SourceEntry)),
}
