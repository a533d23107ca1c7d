import { hasRun, type RunRow, type VaultRow, vaultRows } from '../../database/index.ts'
import { CAUSES, type RunRequest } from '../../job/index.ts'
import { nextTimes } from '../../policy/index.ts'
import type { DueTools } from './due-tools.ts'
import { DAY, sinceMoment } from './moments.ts'

/**
 * Each day at the time that the settings say: expired points go, then what only they needed, then the vault is checked. One
 * after the other: while one of them waits, the next is not asked for, nor is the same one again on the next day.
 */
export async function dueUpkeep(
  { catalog, settings }: Pick<DueTools, 'catalog' | 'settings'>,
  now: number,
  going: readonly RunRow[],
): Promise<RunRequest[]> {
  const requests: RunRequest[] = []
  const { maintenanceAt, timeZone, pruneEveryDays, checkEveryDays } = settings.current
  const scheduledFor = lastTime(maintenanceAt, timeZone, now)
  for (const vault of await vaultRows.list(catalog.rows)) {
    if (vault.created_at > scheduledFor) continue
    // By that day's time, and not as soon as the days are over: it would come at any hour of the day.
    const isDue = (last: number | null, days: number): boolean =>
      sinceMoment(last ?? vault.created_at, scheduledFor) >= days * DAY - DAY / 2
    const kinds = [
      ['forget', true],
      ['prune', isDue(vault.pruned_at, pruneEveryDays)],
      ['check', isDue(vault.checked_at, checkEveryDays)],
    ] as const
    for (const [kind, isWanted] of kinds) {
      const of = { vaultId: vault.id }
      if (going.some((run) => run.kind === kind && run.vault_id === vault.id && run.set_id === null)) break
      // What was asked for while the clock was more than a day ahead counts for nothing: it would keep this away until then.
      const asked = { kind, trigger: 'system', from: scheduledFor, until: now + DAY } as const
      if (!isWanted || (await hasRun(catalog.rows, of, asked))) continue
      requests.push({ ...ofVault(vault), kind, trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
      break
    }
  }
  return requests
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
