import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, MaintenanceKind, VaultFacts } from '../facts.ts'
import { quoted, sentence } from '../words.ts'
import { endOf, verdictOf } from './ended-run.ts'
import { asBefore, makeAlert, openOne, vaultObject } from './make-alert.ts'

export const MAINTENANCE_NAMES: Readonly<Record<MaintenanceKind, string>> = {
  forget: 'Retention',
  prune: 'Prune',
  check: 'Check',
  verify: 'Verification',
  'catalog-backup': 'Backup of the catalog',
  sync: 'Sync to the cloud',
  'cache-audit': 'Look at the cloud',
  'cache-tidy': 'Making room in the cache',
}

const SAFETY: Readonly<Record<MaintenanceKind, string>> = {
  forget: 'No recovery point is removed that retention keeps; expired ones stay longer and take room.',
  prune: 'Recovery points are not affected; what nothing needs any more stays and takes room.',
  check: 'A check changes nothing; whether all that is stored there is sound was not found out.',
  verify: 'A verification changes nothing; that the recovery points can be restored was not proved.',
  'catalog-backup': 'Recovery points are not affected; the stored copy of the settings is older than it should be.',
  sync: 'What the cloud has is safe; what is newer is in the cache alone until a sync succeeds.',
  'cache-audit': 'Nothing was removed by it; what the cloud lacks and the cache has is sent again.',
  'cache-tidy': 'Nothing goes that the cloud has not got; where the cache is full, backups go directly to the cloud.',
}

/**
 * `run-failed` and `run-warning` of what the appliance does to a vault. A check that found damage, and a run that waits for a
 * person, have alerts of their own.
 */
export function maintenanceAlerts(facts: AlertFacts): WantedAlert[] {
  return facts.vaults.flatMap((vault) => vault.lastRuns.flatMap((run) => alertsOf(vault, run, facts)))
}

function alertsOf(vault: VaultFacts, run: VaultFacts['lastRuns'][number], facts: AlertFacts): WantedAlert[] {
  const object = vaultObject(vault)
  const verdict = verdictOf(run.state)
  if (verdict === 'none')
    return (['run-failed', 'run-warning'] as const).flatMap((kind) =>
      asBefore(openOne(facts, kind, object, run.kind), object),
    )
  if (verdict === 'good' || isToldElsewhere(vault, run.id, facts)) return []
  const what = `${MAINTENANCE_NAMES[run.kind]} in vault ${quoted(vault.name)} ${endOf(run.state)}: ${sentence(run.cause)}`
  return [
    makeAlert({
      kind: verdict === 'failed' ? 'run-failed' : 'run-warning',
      severity: verdict === 'failed' ? 'error' : 'warning',
      object,
      message: `${what} ${SAFETY[run.kind]}`,
      remedy:
        run.remedy === null
          ? 'Open the run in the console and read its log; when the cause is gone, start it again.'
          : sentence(run.remedy),
      occurrence: run.id,
      part: run.kind,
    }),
  ]
}

function isToldElsewhere({ lastCheck }: VaultFacts, runId: string, { unconfirmed }: AlertFacts): boolean {
  return (
    unconfirmed.some((run) => run.id === runId) ||
    (lastCheck !== null && lastCheck.runId === runId && lastCheck.damages > 0)
  )
}
