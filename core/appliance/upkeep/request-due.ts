import type { Clock } from '../../base/index.ts'
import {
  type BackupSetRow,
  type Catalog,
  hasRun,
  lastRun,
  policyRows,
  setRows,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { CAUSES, isEnd, RUN_STATES, type RunRequest, type RunRules } from '../../job/index.ts'
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
  if (since(set.verified_at ?? set.created_at, now) < everyDays * DAY) return
  const of = { setId: set.id }
  if (await hasRun(catalog.rows, of, { kind: 'verify', states: GOING })) return
  if (await hasRun(catalog.rows, of, { kind: 'verify', from: now - DAY, until: now + DAY })) return
  if (!(await hasRun(catalog.rows, of, { kind: 'backup', states: ['succeeded', 'warning'] }))) return
  await request({ ...ofSet(set), kind: 'verify', trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
}

/**
 * Each day at the time that the settings say: expired points go, then what only they needed, then the vault is checked. One
 * after the other: while one of them waits, the next is not asked for, nor is the same one again on the next day.
 */
async function requestUpkeep({ catalog, settings }: RequestDueTools, now: number, request: Request): Promise<void> {
  const { maintenanceAt, timeZone, pruneEveryDays, checkEveryDays } = settings.current
  const scheduledFor = lastTime(maintenanceAt, timeZone, now)
  for (const vault of await vaultRows.list(catalog.rows)) {
    if (vault.created_at > scheduledFor) continue
    // By that day's time, and not as soon as the days are over: it would come at any hour of the day.
    const isDue = (last: number | null, days: number): boolean =>
      since(last ?? vault.created_at, scheduledFor) >= days * DAY - DAY / 2
    const kinds = [
      ['forget', true],
      ['prune', isDue(vault.pruned_at, pruneEveryDays)],
      ['check', isDue(vault.checked_at, checkEveryDays)],
    ] as const
    for (const [kind, isWanted] of kinds) {
      const of = { vaultId: vault.id }
      if (await hasRun(catalog.rows, of, { kind, states: GOING })) break
      // What was asked for while the clock was more than a day ahead counts for nothing: it would keep this away until then.
      const asked = { kind, trigger: 'system', from: scheduledFor, until: now + DAY } as const
      if (!isWanted || (await hasRun(catalog.rows, of, asked))) continue
      await request({ ...ofVault(vault), kind, trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
      break
    }
  }
}

/** How long that is ago; where it is more than a day ahead a clock was wrong, and nobody knows: for ever. */
function since(moment: number, now: number): number {
  return moment > now + DAY ? Number.POSITIVE_INFINITY : now - moment
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

/** States of a run that has not ended. */
const GOING = RUN_STATES.filter((state) => !isEnd(state))
