import type {
  AgentFacts,
  AlertFacts,
  DeliveryProblem,
  EndedRun,
  MaintenanceKind,
  OpenAlert,
  RestoreFacts,
} from '../../alert/index.ts'
import {
  type AgentRow,
  type Catalog,
  findCache,
  findRun,
  lastRun,
  listAgents,
  policyRows,
  type Rows,
  type RunRow,
  lastEnded,
  setRows,
  sumPoints,
  unconfirmedRuns,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import type { CacheBook } from '../caches/cache-book.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import { type Names, readNames } from '../present/names.ts'
import { policySettingsOf } from '../present/stored.ts'
import { Wanted } from '../runs/wanted.ts'
import { cacheFacts } from './cache-facts.ts'

const ENDED = ['succeeded', 'warning', 'failed', 'cancelled', 'interrupted', 'skipped', 'expired'] as const
const MAINTENANCE: readonly MaintenanceKind[] = [
  'forget',
  'prune',
  'check',
  'verify',
  'catalog-backup',
  'sync',
  'cache-audit',
  'cache-tidy',
]

/** Restores are told of for a week (`core/alert`); of those that ended in one, more than so many nobody looks at. */
const RECENT = 8 * 24 * 60 * 60 * 1000
const MOST_RESTORES = 200

export interface FactSources {
  readonly catalog: Catalog
  readonly settings: SettingsStore['current']
  readonly open: readonly OpenAlert[]
  readonly deliveryProblems: readonly DeliveryProblem[]
  readonly dataFolder: AlertFacts['dataFolder']
  readonly cacheBook: CacheBook
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Gathers what alerts are decided by. */
export async function alertFacts({
  catalog: { rows },
  settings,
  open,
  deliveryProblems,
  dataFolder,
  cacheBook,
  now,
}: FactSources): Promise<AlertFacts> {
  const points = await sumPoints(rows, 'set_id')
  const policies = new Map((await policyRows.all(rows)).map((policy) => [policy.id, policySettingsOf(policy)]))
  const names = await readNames(rows)
  const sets: AlertFacts['sets'][number][] = []
  for (const set of await setRows.list(rows)) {
    const policy = policies.get(set.policy_id)
    sets.push({
      id: set.id,
      name: set.name,
      isEnabled: set.is_enabled === 1,
      createdAt: set.created_at,
      newestCompletePointAt: points.get(set.id)?.newestComplete ?? null,
      rpoHours: policy?.rpoHours ?? null,
      verifyEveryDays: policy?.verifyEveryDays ?? null,
      lastVerifiedAt: set.verified_at,
      lastRun: endedRun(await lastRun(rows, { setId: set.id, kind: 'backup' }, ENDED)),
    })
  }
  const vaults: AlertFacts['vaults'][number][] = []
  const agents = await listAgents(rows)
  let catalogBackedUpAt: number | null = null
  for (const vault of await vaultRows.list(rows)) {
    const lastRuns: (EndedRun & { readonly kind: MaintenanceKind })[] = []
    for (const kind of MAINTENANCE) {
      const run = endedRun(
        kind === 'verify' ? await worstVerify(rows, vault.id) : await lastRun(rows, { vaultId: vault.id, kind }, ENDED),
      )
      if (run) lastRuns.push({ ...run, kind })
    }
    const check = lastRuns.find(({ kind }) => kind === 'check')
    const finder = vault.damage_run_id === null ? undefined : await findRun(rows, vault.damage_run_id)
    vaults.push({
      id: vault.id,
      name: vault.name,
      createdAt: vault.created_at,
      state: vault.state,
      problem: vault.problem,
      kitExportedAt: vault.kit_exported_at,
      bytesFree: vault.bytes_free,
      bytesTotal: vault.bytes_total,
      lastCheck: checkFacts(vault, finder, check),
      agents: agents.filter(({ vault_id }) => vault_id === vault.id).map(agentFacts),
      cache: await cacheFacts(vault, await findCache(rows, vault.id), cacheBook, now),
      lastRuns,
    })
    if (vault.catalog_at !== null) catalogBackedUpAt = Math.max(catalogBackedUpAt ?? 0, vault.catalog_at)
  }
  const asked: AlertFacts['unconfirmed'][number][] = []
  for (const run of await unconfirmedRuns(rows)) {
    const newer = await lastRun(rows, { vaultId: run.vault_id, kind: run.kind })
    // It was confirmed, or done again, since.
    if (newer && newer.id !== run.id && newer.id > run.id) continue
    asked.push({
      id: run.id,
      kind: run.kind as MaintenanceKind,
      endedAt: run.ended_at ?? run.queued_at,
      cause: run.cause_text,
      set: names.set(run.set_id),
      vault: names.vault(run.vault_id),
    })
  }
  const { name, diskFreePercent, timeZone } = settings
  const restores = (await lastEnded(rows, 'restore', now - RECENT, MOST_RESTORES)).flatMap((run) =>
    restoreFacts(run, names),
  )
  return {
    sets,
    vaults,
    restores,
    dataFolder,
    unconfirmed: asked,
    catalogBackedUpAt,
    deliveryProblems,
    open,
    settings: { name, diskFreePercent, timeZone },
  }
}

function agentFacts({ id, name, created_at, snapshot_at, overdue_hours }: AgentRow): AgentFacts {
  return { id, name, createdAt: created_at, snapshotAt: snapshot_at, overdueHours: overdue_hours }
}

function checkFacts(
  vault: VaultRow,
  finder: RunRow | undefined,
  lastCheck: EndedRun | undefined,
): AlertFacts['vaults'][number]['lastCheck'] {
  const runId = finder?.id ?? lastCheck?.id
  if (runId === undefined) return null
  return {
    runId,
    foundBy: finder?.kind === 'verify' ? 'verify' : 'check',
    endedAt: finder?.ended_at ?? lastCheck?.endedAt ?? 0,
    damages: vault.check_damages,
    needsReading: vault.damage_needs_reading === 1,
  }
}

function restoreFacts(run: RunRow, names: Names): RestoreFacts[] {
  const ended = endedRun(run)
  const wanted = Wanted.restore.safeParse(JSON.parse(run.wanted))
  if (!ended || !wanted.success) return []
  const { snapshotId, paths, target } = wanted.data
  const { name } = names.set(run.set_id) ?? names.vault(run.vault_id)
  return [{ ...ended, name, target, what: JSON.stringify([snapshotId, target, paths.toSorted()]) }]
}

/** That one set of a vault was verified well says nothing of the others: the newest that was not, or else the newest. */
async function worstVerify(rows: Rows, vaultId: string): Promise<RunRow | undefined> {
  const last: RunRow[] = []
  for (const set of await setRows.list(rows)) {
    const run = await lastRun(rows, { vaultId, setId: set.id, kind: 'verify' }, ENDED)
    if (run) last.push(run)
  }
  const newest = last.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  return newest.find(({ state }) => state === 'failed' || state === 'warning') ?? newest[0]
}

function endedRun(run: RunRow | undefined): EndedRun | null {
  if (!run) return null
  return {
    id: run.id,
    state: run.state as EndedRun['state'],
    endedAt: run.ended_at ?? run.queued_at,
    cause: run.cause_text,
    remedy: run.remedy,
  }
}
