import type { Chance } from '../../base/index.ts'

/** How often a run is tried whose failure may pass. */
export interface Retries {
  /** In all, the first attempt included. */
  readonly attempts: number
  /** Doubled with each further attempt. */
  readonly firstDelayMinutes: number
}

const MINUTE = 60_000
const LONGEST_DELAY = 1440 * MINUTE

/** So that runs that failed together do not all come back at once. */
const JITTER = 0.1

/**
 * When to try again after `attempt` has failed; they count from 1. Milliseconds since the epoch; undefined where no attempt
 * is left. The wait doubles each time, up to a day, and chance makes it longer by up to a tenth, though not than a day.
 */
export function nextAttempt(retries: Retries, attempt: number, now: number, chance: Chance): number | undefined {
  if (attempt >= retries.attempts) return undefined
  const delay = retries.firstDelayMinutes * MINUTE * 2 ** (attempt - 1)
  return now + Math.min(LONGEST_DELAY, Math.round(delay * (1 + JITTER * chance.fraction())))
}
