import type { Clock } from '../../base/index.ts'
import type { BackupSet } from '../../contract/index.ts'
import {
  type BackupSetRow,
  type Catalog,
  lastRun,
  policyRows,
  newestPointOf,
  runsInStates,
  sourceRows,
  sumPoints,
  vaultRows,
} from '../../database/index.ts'
import { ACTIVE_STATES, PENDING_STATES } from '../../job/index.ts'
import { type EndedState, nextTimes, protectionOf } from '../../policy/index.ts'
import { instant, instantOrNull } from './instant.ts'
import { contentOf, policySettingsOf } from './stored.ts'

const ENDED: readonly EndedState[] = [
  'succeeded',
  'warning',
  'failed',
  'cancelled',
  'interrupted',
  'skipped',
  'expired',
]

/** Backup sets with all that is known of how they are. */
export async function describeSets(
  { catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock },
  sets: readonly BackupSetRow[],
): Promise<BackupSet[]> {
  const { rows } = catalog
  const now = clock.now()
  const sums = await sumPoints(rows, 'set_id')
  const sources = new Map((await sourceRows.all(rows)).map((source) => [source.id, source.name]))
  const vaults = new Map((await vaultRows.all(rows)).map((vault) => [vault.id, vault.name]))
  const policies = new Map((await policyRows.all(rows)).map((policy) => [policy.id, policy]))
  const going = await runsInStates(rows, [...ACTIVE_STATES, ...PENDING_STATES])
  const described: BackupSet[] = []
  for (const set of sets) {
    const policy = policies.get(set.policy_id)
    const settings = policy && policySettingsOf(policy)
    const sum = sums.get(set.id)
    const last = await lastRun(rows, { setId: set.id, kind: 'backup' }, ENDED)
    const newest = sum && (await newestPointOf(rows, set.id))
    const [next] = settings && set.is_enabled === 1 ? nextTimes(settings.schedule, now, 1) : []
    described.push({
      id: set.id,
      name: set.name,
      source: { id: set.source_id, name: sources.get(set.source_id) ?? '' },
      vault: { id: set.vault_id, name: vaults.get(set.vault_id) ?? '' },
      policy: { id: set.policy_id, name: policy?.name ?? '' },
      content: contentOf(set),
      isEnabled: set.is_enabled === 1,
      hotDays: set.hot_days,
      createdAt: instant(set.created_at),
      protection: protectionOf({
        isEnabled: set.is_enabled === 1,
        createdAt: set.created_at,
        newestPoint: sum?.newest ?? undefined,
        newestComplete: sum?.newestComplete ?? undefined,
        newestRunState: last?.state as EndedState | undefined,
        rpoHours: settings?.rpoHours ?? null,
        now,
      }),
      points: sum?.points ?? 0,
      newestPointAt: instantOrNull(sum?.newest),
      newestCompletePointAt: instantOrNull(sum?.newestComplete),
      nextRunAt: instantOrNull(next),
      lastRunId: last?.id ?? null,
      runningRunId: going.find(({ set_id, kind }) => set_id === set.id && kind === 'backup')?.id ?? null,
      skips: set.skips,
      bytesProtected: newest?.bytes ?? null,
      lastVerifiedAt: instantOrNull(set.verified_at),
    })
  }
  return described
}
