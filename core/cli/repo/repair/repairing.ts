import type { FindDamagedPhase, RepairProgress } from '../../../maintenance/index.ts'

/** What a repair does, for people. */
export const REPAIRING: Readonly<Record<RepairProgress['phase'], string>> = {
  headers: 'Reading headers of packs',
  packs: 'Saving what can be read',
}

/** What is done to find packs that are to be repaired. */
export const FINDING: Readonly<Record<FindDamagedPhase, string>> = {
  documents: 'Reading keys and snapshots',
  index: 'Reading the index',
  trees: 'Reading folders',
  read: 'Reading packs',
  impact: 'Looking what the damage means',
}
