import { eventIterator } from '@orpc/contract'
import { z } from 'zod'

import { Alert } from './alert.ts'
import { Id } from './common/id.ts'
import { operation } from './common/operation.ts'
import { Progress, Run, RunEvent, RunStep } from './run.ts'

/** What kinds of things the configuration is made of. */
export const ConfiguredKind = z.enum([
  'vault',
  'cache',
  'agent',
  'source',
  'set',
  'policy',
  'user',
  'token',
  'settings',
  'point',
])

/**
 * Something that happened. Each has an id, by which a client that was cut off goes on from there (`Last-Event-ID`). Where
 * too much has happened since, `resync` comes first: then everything that is shown is to be asked for again.
 */
export const LiveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resync') }),
  z.object({ type: z.literal('run'), run: Run }),
  /** At most twice a second for each run. */
  z.object({ type: z.literal('progress'), runId: Id, progress: Progress }),
  z.object({ type: z.literal('step'), runId: Id, step: RunStep }),
  z.object({ type: z.literal('log'), event: RunEvent }),
  z.object({ type: z.literal('alert'), alert: Alert }),
  z.object({ type: z.literal('changed'), kind: ConfiguredKind, id: z.string() }),
])
export type LiveEvent = z.output<typeof LiveEvent>

export const events = {
  watch: operation('view')
    .route({
      method: 'GET',
      path: '/events',
      summary: 'What happens, as it happens (server-sent events)',
      tags: ['Events'],
    })
    .output(eventIterator(LiveEvent)),
}
