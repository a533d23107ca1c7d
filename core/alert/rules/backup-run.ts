import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, EndedRun, SetFacts } from '../facts.ts'
import { formatMoment, quoted, sentence } from '../words.ts'
import { endOf, verdictOf } from './ended-run.ts'
import { asBefore, makeAlert, openOne, setObject } from './make-alert.ts'

/** `run-failed` and `run-warning` of backups. Nothing is said of a set that is switched off: no later run would end it. */
export function backupAlerts(facts: AlertFacts): WantedAlert[] {
  return facts.sets.flatMap((set) => (set.isEnabled && set.lastRun !== null ? alertsOf(set, set.lastRun, facts) : []))
}

function alertsOf(set: SetFacts, run: EndedRun, facts: AlertFacts): WantedAlert[] {
  const object = setObject(set)
  const verdict = verdictOf(run.state)
  if (verdict === 'good') return []
  if (verdict === 'none')
    return (['run-failed', 'run-warning'] as const).flatMap((kind) => asBefore(openOne(facts, kind, object), object))
  const what = `Backup of ${quoted(set.name)} ${endOf(run.state)}: ${sentence(run.cause)}`
  return [verdict === 'failed' ? failed(what, set, run, facts) : warning(what, set, run)]
}

function failed(what: string, set: SetFacts, run: EndedRun, facts: AlertFacts): WantedAlert {
  return makeAlert({
    kind: 'run-failed',
    severity: 'error',
    object: setObject(set),
    message: `${what} ${safetyOf(set, facts)}`,
    remedy: remedyOf(
      run,
      'Open the run in the console and read its log. When the cause is gone, start the backup again.',
    ),
    occurrence: run.id,
  })
}

function warning(what: string, set: SetFacts, run: EndedRun): WantedAlert {
  return makeAlert({
    kind: 'run-warning',
    severity: 'warning',
    object: setObject(set),
    message: `${what} What it stored can be restored; what it missed is not in its recovery point.`,
    remedy: remedyOf(run, 'Open the run in the console: it lists what was missed, and why.'),
    occurrence: run.id,
  })
}

function safetyOf({ newestCompletePointAt }: SetFacts, { settings }: AlertFacts): string {
  if (newestCompletePointAt === null)
    return 'It has no complete recovery point yet, so it is not protected. Its source was only read.'
  const moment = formatMoment(newestCompletePointAt, settings.timeZone)
  return `Earlier recovery points were not touched; the newest complete one is of ${moment}.`
}

function remedyOf({ remedy }: EndedRun, otherwise: string): string {
  return remedy === null ? otherwise : sentence(remedy)
}
