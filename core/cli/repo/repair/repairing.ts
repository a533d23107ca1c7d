import type { RepairProgress } from '../../../maintenance/index.ts'

/** What a repair does, for people. */
export const REPAIRING: Readonly<Record<RepairProgress['phase'], string>> = {
  headers: 'Reading headers of packs',
  packs: 'Saving what can be read',
}
