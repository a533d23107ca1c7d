import type { EndedRun } from '../facts.ts'

/** What the last run says of the one thing that an alert is about. */
export type RunVerdict = 'failed' | 'warning' | 'good' | 'none'

const VERDICTS: Readonly<Record<EndedRun['state'], RunVerdict>> = {
  failed: 'failed',
  interrupted: 'failed',
  expired: 'failed',
  warning: 'warning',
  succeeded: 'good',
  cancelled: 'none',
  skipped: 'none',
}

/**
 * One that a person cancelled or that was skipped says nothing: what was wrong before may be so still. How old the newest
 * point may be is another alert's matter.
 */
export function verdictOf(state: EndedRun['state']): RunVerdict {
  return VERDICTS[state]
}

/** The predicate of "Backup of Finance …". */
export function endOf(state: EndedRun['state']): string {
  if (state === 'interrupted') return 'was interrupted'
  if (state === 'expired') return 'waited too long and did not begin'
  return verdictOf(state) === 'warning' ? 'ended with a warning' : 'failed'
}
