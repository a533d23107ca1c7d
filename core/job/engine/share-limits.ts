import type { RunRow } from '../../database/index.ts'

/** How fast all runs together may store that share it. */
export interface StoreLimit {
  /** Whose limit it is: runs with the same one share it. */
  readonly sharedAs: string
  /** 0: nothing may be stored any more, and the run comes to its end. */
  readonly bytesPerSecond: number
}

/**
 * What each run may store a second: who shares a limit has an equal part of it, by the run's id. Runs that are not named are
 * under no limit. A part that its run does not use is nobody else's: together they never store faster than was meant, only
 * slower.
 */
export function shareLimits(
  runs: readonly { readonly run: RunRow; readonly limit: StoreLimit }[],
): Map<string, number> {
  const sharers = new Map<string, number>()
  for (const { limit } of runs) sharers.set(limit.sharedAs, (sharers.get(limit.sharedAs) ?? 0) + 1)
  return new Map(
    runs.map(({ run, limit }) => [
      run.id,
      limit.bytesPerSecond === 0
        ? 0
        : Math.max(1, Math.floor(limit.bytesPerSecond / (sharers.get(limit.sharedAs) ?? 1))),
    ]),
  )
}
