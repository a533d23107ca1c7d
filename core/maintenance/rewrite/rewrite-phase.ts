import type { Progress } from '../reading/progress.ts'

/** What takes long where snapshots are made anew: to go through them. */
export type RewritePhase = 'snapshots'

export type RewriteProgress = Progress<RewritePhase>
