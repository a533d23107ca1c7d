import {
  DEFAULT_LIMITS,
  executePrune,
  planPrune,
  type PruneDone,
  type PruneLimits,
  type PrunePlan,
} from '../../core/maintenance/index.ts'
import type { Repository } from '../../core/repository/index.ts'

export interface Pruned {
  readonly plan: PrunePlan
  readonly done: PruneDone
  /** Packs of which something could not be read. */
  readonly spared: readonly string[]
  /** Packs of which something could not be read that others have, too. */
  readonly replaced: readonly string[]
}

/** Plans, at a moment in milliseconds, and carries it out. */
export async function pruneAt(repository: Repository, now: number, limits: Partial<PruneLimits> = {}): Promise<Pruned> {
  const clock = { now: () => now, monotonic: () => performance.now() }
  const plan = await planPrune(repository, { limits: { ...DEFAULT_LIMITS, ...limits }, workers: 2, clock })
  const spared: string[] = []
  const replaced: string[] = []
  const done = await executePrune(repository, plan, {
    workers: 2,
    clock,
    onSpared: (pack) => spared.push(pack),
    onReplaced: (pack) => replaced.push(pack),
    onFailed(_, error) {
      throw error
    },
  })
  return { plan, done, spared, replaced }
}
