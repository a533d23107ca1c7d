/**
 * The vault door lets restic clients elsewhere use a vault, by restic's REST protocol.
 *
 * - **Agent**: such a client: a name, a password, a vault, and what it may do there.
 * - **Receipt**: that an agent brought a file, and when, by the door's own clock.
 * - **Session** of an agent: from its first lock until it has none.
 */
export type { Agent, DoorLog, DoorVault, FindAgent } from './agent.ts'
export { openReceipts, type Receipt, type Receipts } from './receipt/receipts.ts'
export { openVaultDoor, type OpenVaultDoorOptions, type VaultDoor } from './open-vault-door.ts'
export { createVaultDoor, type VaultDoorOptions } from './vault-door.ts'
