import type { Vault } from '../../../core/contract/index.ts'

/** Of the room that there is for this vault: what it takes, and what is free. Null where one of them is not known. */
export function shareOf({ bytesStored, bytesFree }: Pick<Vault, 'bytesStored' | 'bytesFree'>): number | null {
  if (bytesStored === null || bytesFree === null || bytesStored + bytesFree === 0) return null
  return bytesStored / (bytesStored + bytesFree)
}

/** How full that is. */
export function fullnessOf(share: number): 'roomy' | 'tight' | 'full' {
  if (share > 0.95) return 'full'
  return share > 0.85 ? 'tight' : 'roomy'
}
