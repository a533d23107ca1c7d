import { isAtLeast } from './version.ts'

/** A proxy of a pool. */
export interface PoolMember {
  readonly id: string
  readonly version: string
  readonly isConnected: boolean
}

/** From this version on a proxy works for a pool (NAS-9). */
const POOLING = '7.0.2'

/** Whether another proxy of the pool may take work over: not where any of them is older than 7.0.2 (NAS-8, NAS-9). */
export function isBalanced(proxyVersion: string, pool: readonly PoolMember[]): boolean {
  return isAtLeast(proxyVersion, POOLING) && pool.every(({ version }) => isAtLeast(version, POOLING))
}
