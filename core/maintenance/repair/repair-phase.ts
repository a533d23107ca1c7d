import type { Progress } from '../reading/progress.ts'

/** What a repair does that takes long: it reads headers of packs, or all of packs. */
export type RepairPhase = 'headers' | 'packs'

export type RepairProgress = Progress<RepairPhase>
