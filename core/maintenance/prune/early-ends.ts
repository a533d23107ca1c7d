import { dueOf } from './grace.ts'
import type { PackSum, PrunePlan } from './prune-plan.ts'

/**
 * Packs that a plan removes though their grace would not be over, were the clock that made it so many milliseconds ahead.
 * Those that are removed because this prune asks for no grace at all are none.
 */
export function earlyEnds(
  { decisions, limits, now }: Pick<PrunePlan, 'decisions' | 'limits' | 'now'>,
  ahead: number,
): PackSum {
  const then = now - ahead
  let packs = 0
  let bytes = 0
  for (const { use, reason } of decisions) {
    if (reason !== 'due' || !use.waiting || dueOf(use.waiting, limits.grace, then) <= then) continue
    packs++
    bytes += Number.isNaN(use.bytes) ? 0 : use.bytes
  }
  return { packs, bytes }
}
