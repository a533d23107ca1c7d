import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id, Reference } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'

export const RunKind = z.enum([
  'backup',
  'restore',
  'forget',
  'prune',
  'check',
  'verify',
  'catalog-backup',
  'sync',
  'cache-build',
  'cache-tidy',
  'cache-audit',
  'cache-detach',
])
export type RunKind = z.output<typeof RunKind>

export const RunState = z.enum([
  'queued',
  'waiting',
  'running',
  'cancelling',
  'succeeded',
  'warning',
  'failed',
  'cancelled',
  'interrupted',
  'skipped',
  'expired',
])
export type RunState = z.output<typeof RunState>

/** Why a run is in its state, in words and as a stable code. */
export const RunCause = z.object({ code: z.string(), text: z.string() })

export const Progress = z.object({
  /** What is done now: a step of the run. */
  step: z.string(),
  filesDone: z.int().nonnegative(),
  filesTotal: z.int().nonnegative().nullable(),
  bytesDone: ByteCount,
  bytesTotal: ByteCount.nullable(),
  bytesStored: ByteCount,
  bytesPerSecond: ByteCount,
  /** Null while nobody knows. */
  secondsLeft: z.number().nonnegative().nullable(),
  /** The totals are a guess: what the last backup held. */
  isEstimate: z.boolean(),
})
export type Progress = z.output<typeof Progress>

/** What a run did. What does not belong to its kind is left out. */
export const RunResult = z.object({
  pointId: Id.optional(),
  filesNew: z.int().optional(),
  filesChanged: z.int().optional(),
  filesUnmodified: z.int().optional(),
  filesMissed: z.int().optional(),
  bytesProcessed: ByteCount.optional(),
  bytesAdded: ByteCount.optional(),
  bytesStored: ByteCount.optional(),
  filesRestored: z.int().optional(),
  filesLost: z.int().optional(),
  filesSkipped: z.int().optional(),
  bytesRestored: ByteCount.optional(),
  pointsRemoved: z.int().optional(),
  pointsKept: z.int().optional(),
  bytesFreed: ByteCount.optional(),
  packsRemoved: z.int().optional(),
  damages: z.int().optional(),
  hints: z.int().optional(),
  filesVerified: z.int().optional(),
  filesDiffering: z.int().optional(),
  filesSent: z.int().optional(),
  bytesSent: ByteCount.optional(),
  bytesLeft: ByteCount.optional(),
  filesDeleted: z.int().optional(),
  packsEvicted: z.int().optional(),
  bytesEvicted: ByteCount.optional(),
})
export type RunResult = z.output<typeof RunResult>

export const Run = z.object({
  id: Id,
  kind: RunKind,
  state: RunState,
  trigger: z.enum(['manual', 'schedule', 'system']),
  cause: RunCause,
  set: Reference.nullable(),
  vault: Reference,
  /** Who asked for it. Null: the schedule, or the appliance itself. */
  requestedBy: z.string().nullable(),
  /** Which attempt it is, from 1 on. 0: none has begun. */
  attempt: z.int().nonnegative(),
  mostAttempts: z.int().positive(),
  queuedAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** It does not begin before: a retry waits. */
  notBefore: Instant.nullable(),
  /** A run that waits longer expires. */
  expiresAt: Instant.nullable(),
  progress: Progress.nullable(),
  result: RunResult.nullable(),
  /** What a person can do next, where there is something. */
  remedy: z.string().nullable(),
  canCancel: z.boolean(),
  canRetry: z.boolean(),
  /** It stopped for a person to confirm what it would do (RET-22): start it again with `confirm`. */
  needsConfirmation: z.boolean(),
})
export type Run = z.output<typeof Run>

/** A part of a run. Steps are told in the order in which they began. */
export const RunStep = z.object({
  id: z.int(),
  parent: z.int().nullable(),
  name: z.string(),
  state: z.enum(['running', 'done', 'warning', 'failed', 'stopped']),
  startedAt: Instant,
  endedAt: Instant.nullable(),
})
export type RunStep = z.output<typeof RunStep>

/** A line of a run's log. Kept for 90 days. */
export const RunEvent = z.object({
  id: z.int(),
  runId: Id,
  at: Instant,
  level: z.enum(['info', 'warning', 'error']),
  code: z.string(),
  message: z.string(),
  object: z.string().nullable(),
})
export type RunEvent = z.output<typeof RunEvent>

export const MissedFile = z.object({ path: z.string(), kind: z.string(), reason: z.string() })

const OneRun = z.strictObject({ id: Id })

export const runs = {
  list: operation('view')
    .route({ method: 'GET', path: '/runs', summary: 'Runs, the newest first', tags: ['Runs'] })
    .input(
      PageQuery.extend({
        setId: Id.optional(),
        vaultId: Id.optional(),
        kind: RunKind.optional(),
        state: RunState.optional(),
        /** `active`: those that have not ended. */
        phase: z.enum(['active', 'ended']).optional(),
      }),
    )
    .output(pageOf(Run)),
  get: operation('view')
    .route({ method: 'GET', path: '/runs/{id}', summary: 'One run', tags: ['Runs'] })
    .input(OneRun)
    .output(Run.extend({ steps: z.array(RunStep) })),
  events: operation('view')
    .route({ method: 'GET', path: '/runs/{id}/events', summary: "A run's log, the oldest first", tags: ['Runs'] })
    .input(PageQuery.extend({ id: Id, level: z.enum(['info', 'warning', 'error']).optional() }))
    .output(pageOf(RunEvent)),
  missed: operation('browse')
    .route({
      method: 'GET',
      path: '/runs/{id}/missed',
      summary: 'What a backup missed, or a restore did not bring back',
      tags: ['Runs'],
    })
    .input(PageQuery.extend({ id: Id }))
    .output(pageOf(MissedFile)),
  backUp: operation('operate', { isAudited: true })
    .route({ method: 'POST', path: '/sets/{setId}/runs', summary: 'Back up now', tags: ['Runs'], successStatus: 202 })
    .input(z.strictObject({ setId: Id }))
    .output(Run),
  maintain: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/vaults/{vaultId}/runs',
      summary: 'Forget, prune, check, verify or back up the catalog now',
      tags: ['Runs'],
      successStatus: 202,
    })
    .input(
      z.strictObject({
        vaultId: Id,
        kind: z.enum(['forget', 'prune', 'check', 'verify', 'catalog-backup']),
        /** Of this backup set alone: forget and verify. */
        setId: Id.optional(),
        /** Check reads all data, too. */
        readData: z.boolean().default(false),
        /** Goes on where an earlier run stopped for a person to confirm (RET-22). */
        confirm: z.boolean().default(false),
      }),
    )
    .output(Run),
  cancel: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/runs/{id}/cancel',
      summary: 'Stop a run. What it stored stays, and nothing is left half done',
      tags: ['Runs'],
    })
    .input(OneRun)
    .output(Run),
  retry: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/runs/{id}/retry',
      summary: 'Do it again as a new run',
      tags: ['Runs'],
      successStatus: 202,
    })
    .input(OneRun)
    .output(Run),
}
