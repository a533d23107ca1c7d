import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id, Reference } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'

/** By which an agent signs in: it stands in a URL and in names of files. */
const AgentName = z.string().regex(/^[a-z\d](?:[a-z\d._-]{0,61}[a-z\d])?$/i, {
  error: 'Letters, digits, dots, hyphens and underscores, such as the name of its computer.',
})

const Limits = z.strictObject({
  /** `append-only`: it removes nothing but its own locks, whatever somebody who has broken into it wants. */
  mode: z.enum(['append-only', 'full']),
  quotaBytes: z.int().positive().nullable(),
  bytesPerSecond: z.int().min(65_536).nullable(),
  /** An alert is raised where it has stored nothing for so long. Null: never. */
  overdueHours: z.int().min(1).max(8784).nullable(),
})

/** A restic client elsewhere, which uses a vault through the vault door. */
export const Agent = Limits.extend({
  id: Id,
  name: z.string(),
  vault: Reference,
  createdAt: Instant,
  lastSeenAt: Instant.nullable(),
  /** When it brought a recovery point last, by the clock of this appliance. */
  lastSnapshotAt: Instant.nullable(),
  bytesStored: ByteCount,
  isOverdue: z.boolean(),
})
export type Agent = z.output<typeof Agent>

/** What somebody has to do on the agent's computer. It holds secrets, and is told once. */
export const AgentSetup = z.object({
  /** The vault door. */
  url: z.string(),
  /** Whether the vault door is open: else the settings have to be changed first. */
  isOpen: z.boolean(),
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  guides: z.array(z.object({ platform: z.enum(['linux', 'windows', 'macos']), text: z.string() })),
})
export type AgentSetup = z.output<typeof AgentSetup>

const OneAgent = z.strictObject({ id: Id })

export const agents = {
  list: operation('view')
    .route({ method: 'GET', path: '/agents', summary: 'All agents', tags: ['Agents'] })
    .output(z.object({ items: z.array(Agent) })),
  create: operation('administer', { isAudited: true })
    .route({
      method: 'POST',
      path: '/agents',
      summary: 'Let a restic client use a vault. What it needs is told once',
      tags: ['Agents'],
      successStatus: 201,
    })
    .input(
      Limits.partial().extend({
        name: AgentName,
        vaultId: Id,
        /** Who shares a vault can read all that is in it: agents that trust each other, and what the appliance backs up. */
        shares: z.boolean().default(false),
      }),
    )
    .output(z.object({ agent: Agent, setup: AgentSetup })),
  update: operation('administer', { isAudited: true })
    .route({ method: 'PATCH', path: '/agents/{id}', summary: 'Change what an agent may do', tags: ['Agents'] })
    .input(Limits.partial().extend({ id: Id }))
    .output(Agent),
  renew: operation('administer', { isAudited: true })
    .route({
      method: 'POST',
      path: '/agents/{id}/renew',
      summary: 'Give an agent another password; the old one opens nothing any more',
      tags: ['Agents'],
    })
    .input(OneAgent)
    .output(z.object({ agent: Agent, setup: AgentSetup })),
  remove: operation('administer', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/agents/{id}',
      summary: 'Let an agent in no more. What it has stored stays',
      tags: ['Agents'],
    })
    .input(OneAgent)
    .output(z.object({})),
}
