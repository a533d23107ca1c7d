import { CoreError, formatDuration } from '../../base/index.ts'
import {
  allPoints,
  type BackupSetRow,
  type Catalog,
  findPoint,
  policyRows,
  type RunRow,
  setRows,
  updatePoints,
  vaultRows,
} from '../../database/index.ts'
import { type Brake, brakesOf, decideRetention } from '../../policy/index.ts'
import { retentionPoints } from '../present/retention-dto.ts'
import { policySettingsOf } from '../present/stored.ts'
import { type ForgetMoment, thisForgetMoment } from './forget-moment.ts'

export interface ForgetTools {
  readonly catalog: Catalog
  readonly clock: { now(): number }
}

/**
 * Decides which recovery points of a vault go, each set's by its policy (RET-1 and the following), and writes down until when
 * the others are kept. Nobody's points, and those of sets that were removed, stay.
 *
 * @throws CoreError `policy/unconfirmed` where a clock or the number of points that would go looks wrong (RET-22).
 */
export async function pointsToForget(
  { catalog, clock }: ForgetTools,
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
  const before = vault?.forgot_moment == null ? undefined : (JSON.parse(vault.forgot_moment) as ForgetMoment)
  const moment = thisForgetMoment(now)
  const going: string[] = []
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
      ...lastOf(before, moment),
      ...(newest !== undefined && { newestPoint: newest }),
      points: points.length,
      removed: removed.length,
    })
    if (!isConfirmed && removed.length > 0 && brakes[0]) throw unconfirmed(set, brakes[0])
    const snapshots = new Map(points.map(({ id, snapshot_id }) => [id, snapshot_id]))
    going.push(...removed.map(({ point }) => snapshots.get(point.id) ?? ''))
    for (const { point, isKept, until } of decisions)
      if (isKept) await updatePoints(rows, [point.id], { kept_until: Number.isFinite(until) ? until : null })
  }
  await vaultRows.update(rows, run.vault_id, { forgot_at: now, forgot_moment: JSON.stringify(moment) })
  return going
}

async function setsOf({ rows }: Catalog, run: RunRow): Promise<BackupSetRow[]> {
  const sets = (await setRows.list(rows)).filter(({ vault_id }) => vault_id === run.vault_id)
  return run.set_id === null ? sets : sets.filter(({ id }) => id === run.set_id)
}

/** By a clock that is never set, where the computer was not restarted since. */
function lastOf(before: ForgetMoment | undefined, now: ForgetMoment): { lastRun?: number; sinceLastRun?: number } {
  if (!before) return {}
  const isSameStart = before.boot !== '' && before.boot === now.boot && now.uptime >= before.uptime
  return { lastRun: before.wall, ...(isSameStart && { sinceLastRun: now.uptime - before.uptime }) }
}

function unconfirmed({ name }: BackupSetRow, brake: Brake): CoreError {
  const reason =
    brake.kind === 'mass-expiry'
      ? `${brake.removed} of ${brake.of} recovery points of ${name} would go at once`
      : `the clock is ${formatDuration(Math.abs(brake.by))} ${brake.by > 0 ? 'ahead of' : 'behind'} ${AGAINST[brake.against]}, and recovery points of ${name} would go by it`
  return new CoreError('policy/unconfirmed', `Stopped for a person to confirm it: ${reason}.`, {
    safety: 'Nothing was removed.',
    remedy:
      brake.kind === 'clock'
        ? 'Set the clock right and do it again. If it is right, confirm it.'
        : 'Look at what the policy keeps. If that is what is wanted, confirm it.',
  })
}

const AGAINST: Readonly<Record<string, string>> = {
  'last-run': 'what the last time was',
  storage: 'that of the storage',
  'newest-point': 'the newest recovery point',
}
