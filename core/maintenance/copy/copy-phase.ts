import type { Progress } from '../reading/progress.ts'

/** What a copy is doing. */
export type CopyPhase = 'index' | 'trees' | 'blobs'

export type CopyProgress = Progress<CopyPhase>
