import type { DownOutcome } from './down-outcome.ts'

/**
 * How many scheduled backups were skipped in a row (NAS-6). Only a run that succeeded on the assigned proxy is `succeeded`
 * and begins anew (NAS-7): where another one did it, the assigned proxy is still down, and the next run moves at once.
 */
export function nextSkips(skips: number, what: DownOutcome | 'succeeded'): number {
  if (what === 'succeeded') return 0
  return what === 'skip' ? skips + 1 : skips
}
