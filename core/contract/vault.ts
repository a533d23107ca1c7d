import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id, Name } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { EntryPath } from './common/path.ts'

/** Where S3 answers: scheme, host and port, and nothing else. A name and a password in it would be shown with it. */
const Endpoint = z
  .string()
  .max(300)
  .regex(/^https?:\/\/(?:[a-z\d-]+(?:\.[a-z\d-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i, {
    error: 'An endpoint is a scheme, a host and perhaps a port: https://s3.example.com',
  })
  .transform((text) => text.toLowerCase().replace(/\/$/, ''))

/** Amazon S3 User Guide, "General purpose bucket naming rules"; others let more pass. */
const BucketName = z.string().regex(/^[\w][\w.-]{1,254}$/, { error: 'That is no name of a bucket.' })

/** A folder in a bucket: names between slashes. Slashes at its ends are left out. */
const BucketFolder = z
  .string()
  .max(500)
  .transform((text) => text.replace(/^\/+|\/+$/g, ''))
  .refine((text) => !/\p{Cc}|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/u.test(text), {
    error: 'A folder in a bucket is names between slashes, none of them empty, . or ..',
  })

/** Where a vault's repository is stored. Further kinds of storage come with later versions. */
export const VaultLocation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('directory'), path: EntryPath }),
  z.strictObject({
    kind: z.literal('s3'),
    endpoint: Endpoint,
    region: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .default('us-east-1'),
    bucket: BucketName,
    prefix: BucketFolder.default(''),
  }),
])
export type VaultLocation = z.output<typeof VaultLocation>

/** What it takes to get into a place in S3. It is told to nobody again, but in the recovery kit. */
export const S3Credentials = z.strictObject({
  accessKeyId: z.string().regex(/^[!-~]{1,200}$/),
  secretAccessKey: z.string().regex(/^[!-~]{1,500}$/),
})
export type S3Credentials = z.output<typeof S3Credentials>

/** Something that was found out about a place before a vault is made there. */
export const ProbeFinding = z.object({
  code: z.enum([
    'writable',
    'free-space',
    'repository-found',
    'not-empty',
    'same-disk',
    'protected',
    'clock',
    'remote',
    'reachable',
    'range',
    'conditional',
    'checksum',
    'rights',
    'versions',
    'unencrypted',
  ]),
  severity: z.enum(['good', 'hint', 'problem']),
  message: z.string(),
  remedy: z.string().nullable(),
})
export type ProbeFinding = z.output<typeof ProbeFinding>

export const Vault = z.object({
  id: Id,
  name: z.string(),
  location: VaultLocation,
  /** The repository's own id, as restic shows it. */
  repositoryId: z.string(),
  createdAt: Instant,
  state: z.enum(['ready', 'unreachable', 'damaged']),
  /** Why, where it is not ready. */
  problem: z.string().nullable(),
  /** Null: nobody has the recovery kit, and with this appliance the password would be lost. */
  kitExportedAt: Instant.nullable(),
  /** Who did it last, by his name. */
  kitExportedBy: z.string().nullable(),
  points: z.int(),
  newestPointAt: Instant.nullable(),
  /** What the repository takes. Null until it was measured. */
  bytesStored: ByteCount.nullable(),
  bytesFree: ByteCount.nullable(),
  lastCheckedAt: Instant.nullable(),
  lastVerifiedAt: Instant.nullable(),
  lastPrunedAt: Instant.nullable(),
})
export type Vault = z.output<typeof Vault>

const OneVault = z.strictObject({ id: Id })

export const vaults = {
  list: operation('view')
    .route({ method: 'GET', path: '/vaults', summary: 'All vaults', tags: ['Vaults'] })
    .output(z.object({ items: z.array(Vault) })),
  get: operation('view')
    .route({ method: 'GET', path: '/vaults/{id}', summary: 'One vault', tags: ['Vaults'] })
    .input(OneVault)
    .output(Vault),
  probe: operation('configure')
    .route({
      method: 'POST',
      path: '/vaults/probe',
      summary: 'Look at a place before a vault is made there',
      tags: ['Vaults'],
    })
    .input(z.strictObject({ location: VaultLocation, credentials: S3Credentials.optional() }))
    .output(z.object({ findings: z.array(ProbeFinding), hasRepository: z.boolean(), bytesFree: ByteCount.nullable() })),
  create: operation('configure', { isAudited: true })
    .route({
      method: 'POST',
      path: '/vaults',
      summary: 'Make a vault, or attach one that is there',
      tags: ['Vaults'],
      successStatus: 201,
    })
    .input(
      z.strictObject({
        name: Name,
        location: VaultLocation,
        /** For a place in S3. */
        credentials: S3Credentials.optional(),
        /** Of a repository that is there already. For a new one a password is drawn, which the recovery kit tells. */
        password: z.string().min(1).max(1000).optional(),
      }),
    )
    .output(Vault),
  update: operation('configure', { isAudited: true })
    .route({ method: 'PATCH', path: '/vaults/{id}', summary: 'Change a vault', tags: ['Vaults'] })
    .input(
      z.strictObject({
        id: Id,
        name: Name.optional(),
        /** Another access key for the same place. It is tried first. */
        credentials: S3Credentials.optional(),
      }),
    )
    .output(Vault),
  detach: operation('configure', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/vaults/{id}',
      summary: 'Forget a vault. What is stored in it stays',
      tags: ['Vaults'],
    })
    .input(OneVault)
    .output(z.object({})),
  exportKit: operation('administer', { isAudited: true })
    .route({
      method: 'POST',
      path: '/vaults/{id}/kit',
      summary:
        'The recovery kit: all that a restore without this appliance needs. Exported once, and again only on purpose',
      tags: ['Vaults'],
    })
    .input(
      z.strictObject({
        id: Id,
        password: z.string().min(1).max(200).meta({ description: "The caller's own password." }),
        /** Though somebody has it already. */
        again: z.boolean().default(false),
      }),
    )
    .output(z.object({ fileName: z.string(), text: z.string() })),
}
