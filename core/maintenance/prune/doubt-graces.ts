import { type Brake, type BrakeEvidence, brakesOf } from '../../policy/index.ts'
import { begunGraces } from './begun-graces.ts'
import { earlyEnds } from './early-ends.ts'
import type { PackSum, PrunePlan } from './prune-plan.ts'

/** A clock that is wrong, and the packs whose grace would end too early by it. */
export interface GraceDoubt {
  readonly brake: Brake & { readonly kind: 'clock' }
  readonly packs: PackSum
}

/**
 * Finds graces that would end too early by a clock that is wrong, by as much as stops a forget, too (RET-22): ones that are
 * over only because the clock is ahead, or that begin while the clock is behind. What was promised to a person ends by the
 * calendar, and a clock that is wrong is no calendar.
 *
 * @param readClocks Asked only where a grace is at stake.
 */
export async function doubtGraces(
  plan: PrunePlan,
  readClocks: () => Promise<Pick<BrakeEvidence, 'lastRun' | 'sinceLastRun' | 'storageTime'> | undefined>,
): Promise<GraceDoubt | undefined> {
  const begun = begunGraces(plan)
  if (plan.summary.due.packs + begun.packs === 0) return undefined
  for (const brake of brakesOf({ ...(await readClocks()), now: plan.now, points: 0, removed: 0 })) {
    if (brake.kind !== 'clock') continue
    const packs = brake.by > 0 ? earlyEnds(plan, brake.by) : begun
    if (packs.packs > 0) return { brake, packs }
  }
  return undefined
}
