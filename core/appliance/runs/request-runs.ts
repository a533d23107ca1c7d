import { CoreError } from '../../base/index.ts'
import { type BackupSetRow, type Catalog, policyRows, type RunRow } from '../../database/index.ts'
import { type Cause, CAUSES, type Engine, type RunRequest } from '../../job/index.ts'
import { policySettingsOf } from '../present/stored.ts'
import type { WantedKind } from './wanted.ts'

/** Who or what asks for a run. */
export interface Asker {
  readonly trigger: RunRequest['trigger']
  readonly requestedBy: string | null
}

/** Somebody who sits in front of it: only he is told that it was asked for already. */
export async function requestRun(
  engine: Engine,
  kind: WantedKind,
  { trigger, requestedBy }: Asker,
  of: {
    readonly vaultId: string
    readonly set?: BackupSetRow | undefined
    readonly sourceId?: string | null
    readonly wanted?: Readonly<Record<string, unknown>>
    readonly attempts?: number
    readonly scheduledFor?: number
    readonly expiresAt?: number
    readonly cause?: Cause
  },
): Promise<RunRow | undefined> {
  return engine.request({
    kind,
    trigger,
    cause:
      of.cause ?? (trigger === 'manual' ? CAUSES.asked : trigger === 'schedule' ? CAUSES.scheduled : CAUSES.upkeep),
    setId: of.set?.id ?? null,
    sourceId: of.set?.source_id ?? of.sourceId ?? null,
    vaultId: of.vaultId,
    requestedBy,
    mostAttempts: of.attempts ?? 1,
    wanted: of.wanted ?? {},
    ...(of.scheduledFor !== undefined && { scheduledFor: of.scheduledFor }),
    ...(of.expiresAt !== undefined && { expiresAt: of.expiresAt }),
  })
}

/** How often a run of a backup set is tried. */
export async function attemptsOf({ catalog }: { readonly catalog: Catalog }, set: BackupSetRow): Promise<number> {
  const policy = await policyRows.find(catalog.rows, set.policy_id)
  return policy ? policySettingsOf(policy).retries.attempts : 1
}

/** A run that was asked for and was not begun: only schedules ask twice. */
export function mustBeNew(run: RunRow | undefined): RunRow {
  if (run) return run
  throw new CoreError('internal/defect', 'A run that was asked for was not noted.')
}
