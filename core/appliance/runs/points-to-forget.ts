import { CoreError } from '../../base/index.ts'
import {
  allPoints,
  type BackupSetRow,
  type Catalog,
  findPoint,
  policyRows,
  type RunRow,
  setRows,
  updatePoints,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { clockDoubt } from '../../job/index.ts'
import { type Brake, brakesOf, decideRetention } from '../../policy/index.ts'
import { retentionPoints } from '../present/retention-dto.ts'
import { policySettingsOf } from '../present/stored.ts'
import type { ForgetMoment } from './forget-moment.ts'

export interface ForgetTools {
  readonly catalog: Catalog
  readonly clock: { now(): number }
  readonly moment: (wall: number) => ForgetMoment
}

/**
 * Decides which recovery points of a vault go, each set's by its policy (RET-1 and the following), and writes down until when
 * the others are kept. Nobody's points, and those of sets that were removed, stay.
 *
 * @throws CoreError `policy/unconfirmed` where a clock or the number of points that would go looks wrong (RET-22).
 */
export async function pointsToForget(
  { catalog, clock, moment: momentOf }: ForgetTools,
  run: RunRow,
  { isConfirmed, points: named }: { readonly isConfirmed: boolean; readonly points?: readonly string[] | undefined },
): Promise<string[]> {
  const { rows } = catalog
  if (named) {
    const found = await Promise.all(named.map((id) => findPoint(rows, id)))
    return found.flatMap((point) => (point && point.vault_id === run.vault_id ? [point.snapshot_id] : []))
  }
  const vault = await vaultRows.find(rows, run.vault_id)
  const now = clock.now()
  const moment = momentOf(now)
  const evidence = vault ? clockEvidence(vault, moment) : {}
  const going: string[] = []
  const kept: { readonly id: string; readonly until: number | null }[] = []
  for (const set of await setsOf(catalog, run)) {
    const policy = await policyRows.find(rows, set.policy_id)
    if (!policy) continue
    const { retention, schedule } = policySettingsOf(policy)
    const points = await allPoints(rows, { setId: set.id })
    const decisions = decideRetention(retentionPoints(points, schedule.timeZone), retention, now)
    const removed = decisions.filter(({ isKept }) => !isKept)
    const newest = points.at(-1)?.completed_at
    const brakes = brakesOf({
      now,
      ...evidence,
      ...(newest !== undefined && { newestPoint: newest }),
      points: points.length,
      removed: removed.length,
    })
    if (!isConfirmed && removed.length > 0 && brakes[0]) throw unconfirmed(set, brakes[0])
    const known = new Map(points.map((point) => [point.id, point]))
    for (const { point, isKept, until } of decisions) {
      const row = known.get(point.id)
      const last = Number.isFinite(until) ? until : null
      if (!isKept && row) going.push(row.snapshot_id)
      else if (row?.kept_until !== last) kept.push({ id: point.id, until: last })
    }
  }
  await catalog.transaction(async (within) => {
    for (const { id, until } of kept) await updatePoints(within, [id], { kept_until: until })
    await vaultRows.update(within, run.vault_id, { forgot_at: now, forgot_moment: JSON.stringify(moment) })
  })
  return going
}

async function setsOf({ rows }: Catalog, run: RunRow): Promise<BackupSetRow[]> {
  const sets = (await setRows.list(rows)).filter(({ vault_id }) => vault_id === run.vault_id)
  return run.set_id === null ? sets : sets.filter(({ id }) => id === run.set_id)
}

/** What the last time says of the clock: by one that is never set, where the computer was not restarted since. */
export function clockEvidence(
  { forgot_moment }: Pick<VaultRow, 'forgot_moment'>,
  now: ForgetMoment,
): { readonly lastRun?: number; readonly sinceLastRun?: number } {
  if (forgot_moment === null) return {}
  const before = JSON.parse(forgot_moment) as ForgetMoment
  const isSameStart = before.boot !== '' && before.boot === now.boot && now.uptime >= before.uptime
  return { lastRun: before.wall, ...(isSameStart && { sinceLastRun: now.uptime - before.uptime }) }
}

function unconfirmed({ name }: BackupSetRow, brake: Brake): CoreError {
  if (brake.kind === 'clock') return clockDoubt(brake, `recovery points of ${name} would go by it`)
  const reason = `${brake.removed} of ${brake.of} recovery points of ${name} would go at once`
  return new CoreError('policy/unconfirmed', `Stopped for a person to confirm it: ${reason}.`, {
    safety: 'Nothing was removed.',
    remedy: 'Look at what the policy keeps. If that is what is wanted, confirm it.',
  })
}
