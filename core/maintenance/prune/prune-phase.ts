import type { Progress } from '../reading/progress.ts'

/** What a prune does, in this order. The first two make the plan. */
export type PrunePhase = 'index' | 'trees' | 'repack' | 'list' | 'remove'

export type PruneProgress = Progress<PrunePhase>
