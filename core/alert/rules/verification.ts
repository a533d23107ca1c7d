import { formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, SetFacts } from '../facts.ts'
import { formatMoment, quoted } from '../words.ts'
import { DAY, makeAlert, setObject } from './make-alert.ts'

/** Verifying begins when it is due, at the hour of maintenance, and may be tried again the next day. */
const GRACE = 2 * DAY

/** `not-verified`: nobody has proved for too long that a set can be restored. */
export function verificationAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return facts.sets.flatMap((set) =>
    // Without a point there is nothing to verify.
    set.isEnabled && set.verifyEveryDays !== null && set.newestCompletePointAt !== null
      ? alertOf(set, set.verifyEveryDays, facts, now)
      : [],
  )
}

function alertOf(set: SetFacts, everyDays: number, { settings }: AlertFacts, now: number): WantedAlert[] {
  const { lastVerifiedAt, createdAt } = set
  if (now - (lastVerifiedAt ?? createdAt) <= everyDays * DAY + GRACE) return []
  const asked = `its policy asks for that every ${everyDays === 1 ? 'day' : formatCounted(everyDays, 'day')}`
  const since =
    lastVerifiedAt === null
      ? `Backups of ${quoted(set.name)} were never verified; ${asked}.`
      : `Backups of ${quoted(set.name)} were last verified on ${formatMoment(lastVerifiedAt, settings.timeZone)}; ${asked}.`
  return [
    makeAlert({
      kind: 'not-verified',
      severity: 'warning',
      object: setObject(set),
      message: `${since} Nothing says that its recovery points are damaged, and nothing has proved that they can be restored.`,
      remedy: 'Start a verification of it in the console; where one failed, its run says why.',
    }),
  ]
}
