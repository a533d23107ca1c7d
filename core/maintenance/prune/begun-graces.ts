import { letsWait } from './grace.ts'
import type { PackSum, PrunePlan } from './prune-plan.ts'

/** Packs whose grace begins with a plan: by its clock, and whoever prunes later takes that for the time it was. */
export function begunGraces({ summary, limits }: Pick<PrunePlan, 'summary' | 'limits'>): PackSum {
  if (!letsWait(limits)) return { packs: 0, bytes: 0 }
  const sums = [summary.remove, summary.unlisted, ...Object.values(summary.repack)]
  return {
    packs: sums.reduce((packs, sum) => packs + sum.packs, 0),
    bytes: sums.reduce((bytes, sum) => bytes + sum.bytes, 0),
  }
}
