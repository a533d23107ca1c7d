import type { RunRow, Rows } from '../../database/index.ts'
import type { ExecutorDown, RunLimits } from '../queue/decide-start.ts'
import type { Cause } from '../state/cause.ts'
import type { StoreLimit } from './share-limits.ts'

/** A run that is asked for. */
export interface RunRequest {
  readonly kind: string
  readonly trigger: 'manual' | 'schedule' | 'system'
  readonly cause: Cause
  readonly setId: string | null
  readonly sourceId: string | null
  readonly vaultId: string
  readonly requestedBy: string | null
  readonly mostAttempts: number
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
  readonly scheduledFor?: number | undefined
  /** What the kind wants beside, as JSON can say it. */
  readonly wanted: Readonly<Record<string, unknown>>
  /** It is not to begin any more: it is skipped or has expired as it is asked for, and its cause says why. */
  readonly isOver?: 'skip' | 'expire' | undefined
}

/** What came due since the schedule was looked at last. */
export interface DueRequests {
  /** In this order. */
  readonly requests: readonly RunRequest[]
  /** Notes that all of it was asked for, in one transaction with the runs: both are there, or neither. */
  readonly note: (rows: Rows) => Promise<void>
}

/** What the engine asks of policies, whenever it looks at its queue. */
export interface RunRules {
  readonly limits: () => Promise<RunLimits>
  /** When the next window opens in which the run may begin; undefined: now. */
  readonly windowOpens: (run: RunRow, now: number) => Promise<number | undefined>
  /** What the assigned executor being away means for the run; undefined: nothing. */
  readonly executorDown: (run: RunRow, now: number) => Promise<ExecutorDown | undefined>
  /** When a run is tried again after so many attempts; undefined: not at all. */
  readonly nextAttempt: (run: RunRow, now: number) => Promise<number | undefined>
  /** How fast a run may store now, and those that share its limit; undefined: as fast as can be. */
  readonly storeLimit: (run: RunRow, now: number) => Promise<StoreLimit | undefined>
  /** What came due since; undefined: nothing is to be written. Asked before each look at the queue. */
  readonly due: (now: number) => Promise<DueRequests | undefined>
}
