import type { RunRow } from '../../database/index.ts'
import type { RunLimits, StartDecision } from '../queue/decide-start.ts'
import type { Cause } from '../state/cause.ts'

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
}

/** What the engine asks of policies, whenever it looks at its queue. */
export interface RunRules {
  readonly limits: () => Promise<RunLimits>
  /** When the next window opens in which the run may begin; undefined: now. */
  readonly windowOpens: (run: RunRow, now: number) => Promise<number | undefined>
  /** What the executor being away means for the run; undefined: nothing. */
  readonly executorDown: (run: RunRow, now: number) => Promise<StartDecision | undefined>
  /** When a run is tried again after so many attempts; undefined: not at all. */
  readonly nextAttempt: (run: RunRow, now: number) => Promise<number | undefined>
  /** How fast a run may store now. */
  readonly bytesPerSecond: (run: RunRow, now: number) => Promise<number | undefined>
  /** Asks for what came due since. Called before each look at the queue. */
  readonly requestDue: (now: number, request: (wanted: RunRequest) => Promise<RunRow | undefined>) => Promise<void>
}
