import { join } from 'node:path'

import { type Clock, isCode } from '../../base/index.ts'
import { type AgentRow, type Catalog, findAgentByName, updateAgent } from '../../database/index.ts'
import { type Bandwidth, TokenBucket } from '../../storage/index.ts'
import { type Agent, type DoorVault, openReceipts, type Receipt, type Receipts } from '../../vault-door/index.ts'
import { type OpenedStorage, openVaultStorage } from '../../vault/index.ts'
import type { VaultReaders } from '../runs/vault-readers.ts'

export interface AgentDoorTools {
  readonly catalog: Catalog
  readonly readers: Pick<VaultReaders, 'access'>
  readonly clock: Clock
  /** Where what came through the door is noted. */
  readonly folder: string
  /** Whether a prune removes files of a vault at this moment. */
  readonly isPruning: (vaultId: string) => boolean
  /** An agent has brought a snapshot. */
  readonly onSnapshot: (agentId: string, vaultId: string) => void
}

/** What the vault door asks of the appliance. */
export interface AgentDoor {
  readonly receipts: Receipts
  findAgent(name: string): Promise<Agent | undefined>
  onStored(agent: Agent, receipt: Receipt): void
  /** The vault is used in another way from now on. */
  letGo(vaultId: string): void
  close(): void
}

/** That an agent was seen is noted so often. Milliseconds. */
const SEEN_EVERY = 60_000

export function createAgentDoor(tools: AgentDoorTools): AgentDoor {
  const { catalog, readers, clock, isPruning, onSnapshot } = tools
  const receipts = openReceipts(join(tools.folder, 'receipts.db'))
  const vaults = new Map<string, Promise<OpenedStorage>>()
  const buckets = new Map<string, { readonly bandwidth: Bandwidth; readonly bucket: TokenBucket }>()

  async function storageOf(vaultId: string): Promise<OpenedStorage> {
    const known = vaults.get(vaultId)
    if (known) return known
    const opening = readers.access(vaultId).then((access) => openVaultStorage(access))
    vaults.set(vaultId, opening)
    // Perhaps it is there the next time.
    opening.catch(() => vaults.delete(vaultId))
    return opening
  }

  async function vaultOf({ vault_id: id }: AgentRow): Promise<DoorVault> {
    const { storage } = await storageOf(id)
    return { id, storage, isPruning: () => isPruning(id) }
  }

  /** One for all connections of an agent; a new limit holds for what goes on, too. */
  function bucketOf({ id, bytes_per_second }: AgentRow): TokenBucket | undefined {
    if (bytes_per_second === null) return undefined
    const bandwidth: Bandwidth = buckets.get(id)?.bandwidth ?? { bytesPerSecond: bytes_per_second }
    const kept = buckets.get(id) ?? { bandwidth, bucket: new TokenBucket(bandwidth, clock) }
    kept.bandwidth.bytesPerSecond = bytes_per_second
    buckets.set(id, kept)
    return kept.bucket
  }

  async function noteSeen({ id, seen_at }: AgentRow): Promise<void> {
    const now = clock.now()
    if (seen_at !== null && Math.abs(now - seen_at) < SEEN_EVERY) return
    await updateAgent(catalog.rows, id, { seen_at: now })
  }

  return {
    receipts,
    async findAgent(name) {
      const row = await findAgentByName(catalog.rows, name)
      if (!row) return undefined
      const { id, digest, mode, quota_bytes } = row
      return {
        id,
        name,
        digest,
        mode,
        vault: await vaultOf(row),
        quota: quota_bytes ?? undefined,
        uploads: bucketOf(row),
      }
    },
    onStored({ id, name, vault }, { kind, receivedAt }) {
      void (async () => {
        const row = await findAgentByName(catalog.rows, name)
        if (row?.id !== id) return
        await noteSeen(row)
        if (kind !== 'snapshot') return
        await updateAgent(catalog.rows, id, { snapshot_at: receivedAt })
        onSnapshot(id, vault.id)
      })().catch((error: unknown) => {
        if (!isCode(error, 'catalog/damaged')) throw error
      })
    },
    letGo(vaultId) {
      const held = vaults.get(vaultId)
      vaults.delete(vaultId)
      void held?.then((opened) => opened[Symbol.dispose]()).catch(() => undefined)
    },
    close() {
      for (const vaultId of vaults.keys()) this.letGo(vaultId)
      receipts.close()
    },
  }
}
