import type { RunRow } from '../../database/index.ts'
import type { Order, VaultAccess } from '../process/order.ts'

/** What the engine is given by the appliance, which knows settings and secrets. */
export interface RunPorts {
  /** Where a vault is and what opens it. Rejects with a `CoreError` where that is not to be had. */
  vaultAccess(vaultId: string): Promise<VaultAccess>
  /**
   * All that the process of an attempt is to be told, which may store so fast; undefined: as fast as can be.
   * Rejects with a `CoreError`, as which the attempt fails.
   */
  order(run: RunRow, vault: VaultAccess, bytesPerSecond: number | undefined): Promise<Order>
  /** Something that was made for an attempt and is not needed any more. */
  release(run: RunRow): Promise<void>
}
