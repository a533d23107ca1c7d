import type { VaultRow } from '../../database/index.ts'

/** What is said of a vault: one that is away is that first, and what a check found stays so until a later one finds nothing. */
export function stateOfVault({ state, check_damages }: Pick<VaultRow, 'state' | 'check_damages'>): VaultRow['state'] {
  return state === 'ready' && check_damages > 0 ? 'damaged' : state
}
