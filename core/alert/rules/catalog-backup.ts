import type { WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'
import { formatMoment } from '../words.ts'
import { DAY, makeAlert } from './make-alert.ts'

/** It is backed up every night: two that failed are told. */
const LATE = 2 * DAY

/** `catalog-not-backed-up`. Before there is a vault there is nowhere to store it, and nothing worth it. */
export function catalogAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  const { vaults, catalogBackedUpAt, settings } = facts
  if (vaults.length === 0) return []
  const firstVault = Math.min(...vaults.map(({ createdAt }) => createdAt))
  if (now - (catalogBackedUpAt ?? firstVault) <= LATE) return []
  const since =
    catalogBackedUpAt === null
      ? 'The catalog of this appliance was never backed up.'
      : `The catalog of this appliance was last backed up on ${formatMoment(catalogBackedUpAt, settings.timeZone)}.`
  return [
    makeAlert({
      kind: 'catalog-not-backed-up',
      severity: 'warning',
      object: { type: 'appliance', id: 'appliance', name: settings.name },
      message: `${since} Recovery points are safe; if this appliance is lost, what was set up since then has to be set up anew.`,
      remedy: 'Start a backup of the catalog in the console; if it fails, its run says why.',
    }),
  ]
}
