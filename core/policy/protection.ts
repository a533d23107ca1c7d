/** Whether a backup set is protected as its policy says. */
export type Protection = 'protected' | 'late' | 'warning' | 'failed' | 'never' | 'disabled'

/** How a run ended. What has not ended tells nothing yet. */
export type EndedState = 'succeeded' | 'warning' | 'failed' | 'cancelled' | 'interrupted' | 'skipped' | 'expired'

/** What is known of a backup set. Times are milliseconds since the epoch. */
export interface ProtectionEvidence {
  readonly isEnabled: boolean
  /** When the set was made: so long there can have been no point. */
  readonly createdAt: number
  /** When its newest recovery point was complete, be something missing in it or not. Undefined: it has none. */
  readonly newestPoint: number | undefined
  /** The same of those in which nothing is missing (GEN-17, RET-21). */
  readonly newestComplete: number | undefined
  /** Of the newest backup that has ended. Undefined: none has, or nobody knows any more. */
  readonly newestRunState: EndedState | undefined
  /** The newest complete point may be so old. Null: as old as it is. */
  readonly rpoHours: number | null
  readonly now: number
}

const HOUR = 3_600_000

/**
 * The first of these that is true:
 *
 * 1. **disabled**: somebody does not want it backed up now.
 * 2. **never**: there is no recovery point. Nothing could be restored, however its runs end.
 * 3. **late**: the newest complete point is older than the policy allows, or there is none and the set itself is older.
 *    That is what was promised, and it goes before what the last run did: a run may fail and nothing be late.
 * 4. **failed**: the newest backup failed, was interrupted or expired.
 * 5. **warning**: it ended with something missing, was skipped or stopped by somebody; or the newest point is not complete.
 * 6. **protected**.
 */
export function protectionOf(evidence: ProtectionEvidence): Protection {
  const { isEnabled, createdAt, newestPoint, newestComplete, newestRunState, rpoHours, now } = evidence
  if (!isEnabled) return 'disabled'
  if (newestPoint === undefined && newestComplete === undefined) return 'never'
  if (rpoHours !== null && now - (newestComplete ?? createdAt) > rpoHours * HOUR) return 'late'
  const byRun = newestRunState === undefined ? 'protected' : BY_RUN[newestRunState]
  if (byRun !== 'protected') return byRun
  return newestComplete === undefined || (newestPoint ?? newestComplete) > newestComplete ? 'warning' : 'protected'
}

const BY_RUN: Readonly<Record<EndedState, 'protected' | 'warning' | 'failed'>> = {
  succeeded: 'protected',
  warning: 'warning',
  skipped: 'warning',
  cancelled: 'warning',
  failed: 'failed',
  interrupted: 'failed',
  expired: 'failed',
}

/** One word for all backup sets. */
export type OverallState = 'empty' | 'protected' | 'attention' | 'unprotected'

/**
 * **empty** where there is no set, **unprotected** where one has no point or none that is young enough, **attention** where
 * somebody should look: something failed or is missing, or all sets are disabled. A disabled set among others is left out.
 *
 * @param isTroubled Something else is wrong by which what is protected may not come back: a vault that is away or damaged, a
 * verification that failed.
 */
export function overallState(protections: readonly Protection[], isTroubled: boolean): OverallState {
  if (protections.length === 0) return 'empty'
  if (protections.some((each) => each === 'never' || each === 'late')) return 'unprotected'
  const isWell = protections.every((each) => each === 'protected' || each === 'disabled')
  return isWell && !isTroubled && protections.includes('protected') ? 'protected' : 'attention'
}
