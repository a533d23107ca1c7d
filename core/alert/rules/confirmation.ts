import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, UnconfirmedRun } from '../facts.ts'
import { quoted, sentence } from '../words.ts'
import { MAINTENANCE_NAMES } from './maintenance-run.ts'
import { makeAlert, setObject, vaultObject } from './make-alert.ts'

/** `needs-confirmation` (RET-22). The run of the next night stops for the same reason: it is the same alert, once more. */
export function confirmationAlerts(facts: AlertFacts): WantedAlert[] {
  const alerts = new Map<string, WantedAlert>()
  for (const run of facts.unconfirmed.toSorted((a, b) => a.endedAt - b.endedAt)) {
    const alert = alertOf(run)
    alerts.set(alert.key, alert)
  }
  return [...alerts.values()]
}

function alertOf({ id, kind, cause, set, vault }: UnconfirmedRun): WantedAlert {
  const of = set === null ? `in vault ${quoted(vault.name)}` : `of ${quoted(set.name)}`
  return makeAlert({
    kind: 'needs-confirmation',
    severity: 'warning',
    object: set === null ? vaultObject(vault) : setObject(set),
    message:
      `${MAINTENANCE_NAMES[kind]} ${of} stopped and waits for somebody to confirm it: ${sentence(cause)} ` +
      'Nothing was removed, and nothing will be until then.',
    remedy:
      'Look in the console at what it would do. If it is meant, confirm it; if not, look first at the clock of this computer and at the policy.',
    occurrence: id,
    // A set may have points in several vaults.
    part: set === null ? kind : `${kind}:${vault.id}`,
  })
}
