import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, RestoreFacts } from '../facts.ts'
import { quoted, sentence } from '../words.ts'
import { endOf, verdictOf } from './ended-run.ts'
import { DAY, makeAlert } from './make-alert.ts'

/** Nobody repeats a restore that is no longer needed: its alert does not stay for ever. */
const TOLD_FOR = 7 * DAY

/**
 * `restore-failed` and `restore-incomplete`, each of a run of its own. It is over when the same was restored to the same place
 * since, or after a week.
 */
export function restoreAlerts({ restores }: AlertFacts, now: number): WantedAlert[] {
  return restores.flatMap((restore) =>
    now - restore.endedAt <= TOLD_FOR && !restores.some((other) => mends(other, restore)) ? alertOf(restore) : [],
  )
}

function mends(later: RestoreFacts, { what, endedAt }: RestoreFacts): boolean {
  return later.what === what && later.endedAt > endedAt && verdictOf(later.state) === 'good'
}

function alertOf(restore: RestoreFacts): WantedAlert[] {
  const { id, name, target, state, cause, remedy } = restore
  const verdict = verdictOf(state)
  if (verdict === 'good' || verdict === 'none') return []
  const isFailed = verdict === 'failed'
  const place = target === '/' ? 'where it came from' : quoted(target)
  return [
    makeAlert({
      kind: isFailed ? 'restore-failed' : 'restore-incomplete',
      severity: isFailed ? 'error' : 'warning',
      object: { type: 'run', id, name },
      message:
        `Restore of ${quoted(name)} to ${place} ${endOf(state)}: ${sentence(cause)} ` +
        'Recovery points are not affected; what was restored before it ended is there.',
      remedy:
        remedy === null
          ? 'Open the run in the console: it lists what was not restored, and why. When the cause is gone, restore it again.'
          : sentence(remedy),
      occurrence: id,
    }),
  ]
}
