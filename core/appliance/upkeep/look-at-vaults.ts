import { statfs } from 'node:fs/promises'

import { type Chance, type Clock, CoreError, newId } from '../../base/index.ts'
import {
  type Catalog,
  findRun,
  type PointRow,
  savePoint,
  setRows,
  snapshotsOfPoints,
  updatePoints,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { CATALOG_TAG, pointOfSnapshot, RUN_TAG, SET_TAG, taggedId, type VaultAccess } from '../../job/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import { openVaultStorage, useRepository } from '../../vault/index.ts'
import type { VaultReaders } from '../runs/vault-readers.ts'

export interface VaultLookTools {
  readonly catalog: Catalog
  readonly readers: VaultReaders
  readonly clock: Clock
  readonly chance: Chance
  readonly onChange: (kind: 'vault' | 'point', id: string) => void
}

/**
 * Looks at a vault: whether it can be reached, what it takes and has free, and which recovery points are there. Those that
 * others made (restic, another appliance) are noted as nobody's; those that are gone go from the catalog, too.
 */
export async function lookAtVault(tools: VaultLookTools, vaultId: string): Promise<void> {
  const { catalog, readers, clock, onChange } = tools
  const vault = await vaultRows.find(catalog.rows, vaultId)
  if (!vault || vault.removed_at !== null) return
  try {
    const access = await readers.access(vaultId)
    // Before the vault is read: what a run makes meanwhile is not among what was seen there, and yet not gone.
    const known = await snapshotsOfPoints(catalog.rows, vaultId)
    const { snapshots, bytesStored } = await readVault(access)
    await comparePoints(tools, vault, known, snapshots)
    const room = await roomOf(access)
    await vaultRows.update(catalog.rows, vaultId, {
      state: vault.check_damages > 0 ? 'damaged' : 'ready',
      problem: null,
      bytes_stored: bytesStored,
      ...room,
      measured_at: clock.now(),
    })
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    await vaultRows.update(catalog.rows, vaultId, {
      state: 'unreachable',
      problem: [error.message, error.remedy].filter((part) => part !== undefined).join(' '),
    })
  }
  onChange('vault', vaultId)
}

/** What is free where a vault lies, after a run: its packs are counted by `lookAtVault` alone, as that takes its time. */
export async function measureRoom(tools: VaultLookTools, vaultId: string): Promise<void> {
  const { catalog, readers, onChange } = tools
  const vault = await vaultRows.find(catalog.rows, vaultId)
  if (!vault || vault.removed_at !== null) return
  // It was away, and a run on it has ended well: it is back.
  if (vault.state === 'unreachable') return lookAtVault(tools, vaultId)
  await vaultRows.update(catalog.rows, vaultId, await roomOf(await readers.access(vaultId)))
  onChange('vault', vaultId)
}

async function readVault({
  location,
  password,
}: VaultAccess): Promise<{ snapshots: StoredSnapshot[]; bytesStored: number }> {
  const { signal } = new AbortController()
  return useRepository(
    { storage: openVaultStorage(location), password: Buffer.from(password), signal, onLockLeft: () => undefined },
    'read',
    async ({ repository }) => {
      const snapshots = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
      let bytesStored = 0
      for await (const { size } of repository.storage.list('pack', { signal })) bytesStored += size
      return { snapshots, bytesStored }
    },
  )
}

async function comparePoints(
  tools: VaultLookTools,
  vault: VaultRow,
  known: readonly Pick<PointRow, 'id' | 'snapshot_id'>[],
  snapshots: readonly StoredSnapshot[],
): Promise<void> {
  const { catalog, clock, chance, onChange } = tools
  const bySnapshot = new Map(known.map((point) => [point.snapshot_id, point]))
  const sets = new Set((await setRows.all(catalog.rows)).map(({ id }) => id))
  const there = new Set<string>()
  for (const snapshot of snapshots) {
    there.add(snapshot.id)
    if (bySnapshot.has(snapshot.id) || snapshot.tags.includes(CATALOG_TAG)) continue
    const made = pointOfSnapshot(snapshot)
    const setId = taggedId(snapshot.tags, SET_TAG)
    if (await isGoingOn(catalog, taggedId(snapshot.tags, RUN_TAG))) continue
    const { id } = await savePoint(catalog.rows, {
      id: newId(clock, chance),
      vault_id: vault.id,
      set_id: setId !== undefined && sets.has(setId) ? setId : null,
      run_id: null,
      snapshot_id: made.snapshotId,
      host: made.host,
      roots: JSON.stringify(made.roots),
      started_at: made.startedAt,
      completed_at: made.completedAt,
      time_zone: made.timeZone,
      kind: made.kind,
      files_missed: made.filesMissed,
      is_complete: made.isComplete ? 1 : 0,
      files: made.files ?? null,
      bytes: made.bytes ?? null,
      bytes_added: made.bytesAdded ?? null,
      kept_until: null,
      removed_at: null,
    })
    // One that was taken for gone is back: a disk was not mounted, or a folder was put back.
    await updatePoints(catalog.rows, [id], { removed_at: null })
    onChange('point', id)
  }
  const gone = known.filter(({ snapshot_id }) => !there.has(snapshot_id)).map(({ id }) => id)
  await updatePoints(catalog.rows, gone, { removed_at: clock.now() })
  for (const id of gone) onChange('point', id)
}

/** A run that goes on notes its point itself, with its own end. */
async function isGoingOn({ rows }: Catalog, runId: string | undefined): Promise<boolean> {
  const run = runId === undefined ? undefined : await findRun(rows, runId)
  return run !== undefined && (run.state === 'running' || run.state === 'cancelling' || run.process !== null)
}

async function roomOf({ location }: VaultAccess): Promise<{ bytes_free: number | null; bytes_total: number | null }> {
  try {
    const { bavail, bsize, blocks } = await statfs(location.path)
    return { bytes_free: bavail * bsize, bytes_total: blocks * bsize }
  } catch {
    return { bytes_free: null, bytes_total: null }
  }
}
