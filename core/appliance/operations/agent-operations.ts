import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { newId } from '../../base/index.ts'
import type { Agent, AgentSetup } from '../../contract/index.ts'
import {
  type AgentRow,
  findAgent,
  insertAgent,
  listAgents,
  setRows,
  updateAgent,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { digestSecret, newSecret } from '../../identity/index.ts'
import { agentSetup } from '../agents/agent-setup.ts'
import { instant, instantOrNull } from '../present/instant.ts'
import { conflict, noSuch } from '../present/refusals.ts'
import { passwordContext } from '../runs/vault-secrets.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'

const HOUR = 3_600_000

export function agentOperations(tools: Tools): OperationsOf<'agents'> {
  const { catalog, key, clock, chance, settings, folder, publish, agentDoor } = tools

  async function find(id: string): Promise<AgentRow> {
    const agent = await findAgent(catalog.rows, id)
    if (!agent) throw noSuch('agent', id)
    return agent
  }

  async function vaultOf(id: string): Promise<VaultRow> {
    const vault = await vaultRows.find(catalog.rows, id)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', id)
    return vault
  }

  async function present(row: AgentRow): Promise<Agent> {
    const { id, name } = await vaultOf(row.vault_id)
    const since = row.snapshot_at ?? row.created_at
    return {
      id: row.id,
      name: row.name,
      vault: { id, name },
      mode: row.mode,
      quotaBytes: row.quota_bytes,
      bytesPerSecond: row.bytes_per_second,
      overdueHours: row.overdue_hours,
      createdAt: instant(row.created_at),
      lastSeenAt: instantOrNull(row.seen_at),
      lastSnapshotAt: instantOrNull(row.snapshot_at),
      bytesStored: agentDoor.receipts.storedBy(row.vault_id, row.id),
      isOverdue: row.overdue_hours !== null && clock.now() - since > row.overdue_hours * HOUR,
    }
  }

  async function setupOf(row: AgentRow, secret: string): Promise<AgentSetup> {
    const { listen, vaultDoor } = settings.current
    const vault = await vaultOf(row.vault_id)
    const name = vaultDoor.reach === 'network' ? (listen.hosts[0] ?? 'localhost') : 'localhost'
    return agentSetup({
      agent: row.name,
      secret,
      vaultPassword: key.open(vault.password_sealed, passwordContext(vault.id)),
      host: `${name.includes(':') ? `[${name}]` : name}:${vaultDoor.port}`,
      isOpen: vaultDoor.reach !== 'off',
      certificate: await readFile(join(folder.path, 'tls', 'door.crt'), 'utf8').catch(() => undefined),
    })
  }

  function changed(id: string): void {
    publish({ type: 'changed', kind: 'agent', id })
    tools.lookAtAlerts()
  }

  /** Whoever shares a vault can read, and as a full agent remove, what the others have there. */
  async function refuseShared(vault: VaultRow): Promise<void> {
    const others = (await listAgents(catalog.rows)).filter(({ vault_id }) => vault_id === vault.id)
    const sets = (await setRows.list(catalog.rows)).filter(({ vault_id }) => vault_id === vault.id)
    const names = [...others, ...sets].map(({ name }) => name)
    if (names.length === 0) return
    throw conflict(
      `The vault ${vault.name} is used by ${names.join(', ')} already. An agent that shares it can read all that is in it.`,
      'Make a vault of its own for the agent; or say that they trust each other (`shares`; `holdfast agent add --shares`).',
    )
  }

  return {
    async list() {
      return { items: await Promise.all((await listAgents(catalog.rows)).map(present)) }
    },
    async create({ name, vaultId, shares, mode, quotaBytes, bytesPerSecond, overdueHours }) {
      const vault = await vaultOf(vaultId)
      if (!shares) await refuseShared(vault)
      const secret = newSecret('hfa', chance)
      const row: AgentRow = {
        id: newId(clock, chance),
        name,
        digest: digestSecret(secret),
        vault_id: vaultId,
        mode: mode ?? 'append-only',
        quota_bytes: quotaBytes ?? null,
        bytes_per_second: bytesPerSecond ?? null,
        overdue_hours: overdueHours === undefined ? 48 : overdueHours,
        created_at: clock.now(),
        removed_at: null,
        seen_at: null,
        snapshot_at: null,
      }
      await insertAgent(catalog.rows, row)
      changed(row.id)
      return { agent: await present(row), setup: await setupOf(row, secret) }
    },
    async update({ id, mode, quotaBytes, bytesPerSecond, overdueHours }) {
      await find(id)
      await updateAgent(catalog.rows, id, {
        ...(mode !== undefined && { mode }),
        ...(quotaBytes !== undefined && { quota_bytes: quotaBytes }),
        ...(bytesPerSecond !== undefined && { bytes_per_second: bytesPerSecond }),
        ...(overdueHours !== undefined && { overdue_hours: overdueHours }),
      })
      changed(id)
      return present(await find(id))
    },
    async renew({ id }) {
      const row = await find(id)
      const secret = newSecret('hfa', chance)
      await updateAgent(catalog.rows, id, { digest: digestSecret(secret) })
      changed(id)
      return { agent: await present(row), setup: await setupOf(row, secret) }
    },
    async remove({ id }) {
      await find(id)
      await updateAgent(catalog.rows, id, { removed_at: clock.now() })
      changed(id)
      return {}
    },
  }
}
