import type { Clock } from '../../base/index.ts'
import {
  type BackupSetRow,
  type Catalog,
  lastRun,
  policyRows,
  setRows,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { CAUSES, PENDING_STATES, ACTIVE_STATES, type RunRequest, type RunRules } from '../../job/index.ts'
import { dueRuns, nextTimes } from '../../policy/index.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import { policySettingsOf } from '../present/stored.ts'

const DAY = 24 * 60 * 60 * 1000

export interface RequestDueTools {
  readonly catalog: Catalog
  readonly settings: SettingsStore
  readonly clock: Clock
}

/** Asks for what the policies of backup sets want by now, and for what vaults want from time to time. */
export function createRequestDue(tools: RequestDueTools): RunRules['requestDue'] {
  return async (now, request) => {
    await requestBackups(tools, now, request)
    await requestUpkeep(tools, now, request)
  }
}

type Request = Parameters<RunRules['requestDue']>[1]

async function requestBackups({ catalog }: RequestDueTools, now: number, request: Request): Promise<void> {
  const { rows } = catalog
  for (const set of await setRows.list(rows)) {
    if (set.is_enabled !== 1) continue
    const policy = await policyRows.find(rows, set.policy_id)
    if (!policy) continue
    const { schedule, retries, verifyEveryDays } = policySettingsOf(policy)
    const last = await lastRun(rows, { setId: set.id, kind: 'backup' })
    const { due } = dueRuns(schedule, {
      lastLooked: set.looked_at,
      now,
      ...(last?.scheduled_for != null && { lastScheduledFor: last.scheduled_for }),
    })
    if (due) {
      await request({
        ...ofSet(set),
        kind: 'backup',
        trigger: 'schedule',
        cause: CAUSES.scheduled,
        mostAttempts: retries.attempts,
        scheduledFor: due.scheduledFor,
        expiresAt: due.expiresAt,
      })
    }
    // Only now: ended in between, the time is still to come.
    await setRows.update(rows, set.id, { looked_at: now })
    if (verifyEveryDays !== null) await requestVerify(catalog, set, verifyEveryDays, now, request)
  }
}

function ofSet(set: BackupSetRow): Pick<RunRequest, 'setId' | 'sourceId' | 'vaultId' | 'requestedBy' | 'wanted'> {
  return { setId: set.id, sourceId: set.source_id, vaultId: set.vault_id, requestedBy: null, wanted: {} }
}

async function requestVerify(
  catalog: Catalog,
  set: BackupSetRow,
  everyDays: number,
  now: number,
  request: Request,
): Promise<void> {
  if (now - (set.verified_at ?? set.created_at) < everyDays * DAY) return
  const last = await lastRun(catalog.rows, { setId: set.id, kind: 'verify' })
  if (last && (isPending(last.state) || now - last.queued_at < DAY)) return
  const newest = await lastRun(catalog.rows, { setId: set.id, kind: 'backup' }, ['succeeded', 'warning'])
  if (!newest) return
  await request({ ...ofSet(set), kind: 'verify', trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
}

/** Each day at the time that the settings say: expired points go, then what only they needed, then the vault is checked. */
async function requestUpkeep({ catalog, settings }: RequestDueTools, now: number, request: Request): Promise<void> {
  const { maintenanceAt, timeZone, pruneEveryDays, checkEveryDays } = settings.current
  for (const vault of await vaultRows.list(catalog.rows)) {
    const scheduledFor = lastTime(maintenanceAt, timeZone, now)
    const before = await lastRun(catalog.rows, { vaultId: vault.id, kind: 'forget' })
    const isDone = before !== undefined && before.trigger === 'system' && before.queued_at >= scheduledFor
    if (isDone || vault.created_at > scheduledFor) continue
    const ask = (kind: string): Promise<unknown> =>
      request({ ...ofVault(vault), kind, trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
    await ask('forget')
    if (now - (vault.pruned_at ?? vault.created_at) >= pruneEveryDays * DAY - DAY / 2) await ask('prune')
    if (now - (vault.checked_at ?? vault.created_at) >= checkEveryDays * DAY - DAY / 2) await ask('check')
  }
}

function ofVault(vault: VaultRow): Pick<RunRequest, 'setId' | 'sourceId' | 'vaultId' | 'requestedBy' | 'wanted'> {
  return { setId: null, sourceId: null, vaultId: vault.id, requestedBy: null, wanted: {} }
}

/** The last time that this hour came. */
function lastTime(at: string, timeZone: string, now: number): number {
  const schedule = {
    timeZone,
    rules: [{ type: 'times' as const, days: { type: 'week' as const, weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: [at] }],
  }
  return nextTimes(schedule, now - 2 * DAY, 3).findLast((time) => time <= now) ?? now - DAY
}

function isPending(state: string): boolean {
  return ([...PENDING_STATES, ...ACTIVE_STATES] as readonly string[]).includes(state)
}
