import type { Progress } from '../reading/progress.ts'

/** What a check does, in this order. `packs` only where data is read; `impact` only after damage. */
export type CheckPhase = 'documents' | 'index' | 'trees' | 'packs' | 'impact'

export type CheckProgress = Progress<CheckPhase>
