import { formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, SetFacts } from '../facts.ts'
import { formatMoment, quoted } from '../words.ts'
import { HOUR, makeAlert, setObject } from './make-alert.ts'

/** `rpo-breached`: the newest complete point is older than the policy allows. A new set has that long for its first. */
export function pointAgeAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return facts.sets.flatMap((set) =>
    set.isEnabled && set.rpoHours !== null ? alertOf(set, set.rpoHours, facts, now) : [],
  )
}

function alertOf(set: SetFacts, rpoHours: number, { settings }: AlertFacts, now: number): WantedAlert[] {
  const { newestCompletePointAt, createdAt } = set
  const age = now - (newestCompletePointAt ?? createdAt)
  if (age <= rpoHours * HOUR) return []
  const allowed = formatCounted(rpoHours, 'hour')
  const message =
    newestCompletePointAt === null
      ? `${quoted(set.name)} was never backed up completely, and ${allowed} are allowed for that. It is not protected.`
      : `The newest complete recovery point of ${quoted(set.name)} is of ${formatMoment(newestCompletePointAt, settings.timeZone)}; ` +
        `its policy allows it to be ${allowed} old. What changed since then is not protected; older recovery points are not affected.`
  return [
    makeAlert({
      kind: 'rpo-breached',
      // Late is a warning; twice as late, or no point at all, is no protection any more.
      severity: newestCompletePointAt === null || age > 2 * rpoHours * HOUR ? 'error' : 'warning',
      object: setObject(set),
      message,
      remedy: 'Look in the console why its last backups did not begin, or did not end well, and start one now.',
    }),
  ]
}
