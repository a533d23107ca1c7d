import { type Abortable, type Chance, type Clock, CoreError, formatCounted, isCode } from '../../base/index.ts'
import { type Catalog, findCache, snapshotsOfPoints, type VaultRow, vaultRows } from '../../database/index.ts'
import { diskRoom } from '../../file-system/index.ts'
import { CATALOG_TAG, type VaultAccess } from '../../job/index.ts'
import type { Repository } from '../../repository/index.ts'
import { loadSnapshots } from '../../snapshot/index.ts'
import { openVaultStorage, useRepository, vaultFolder } from '../../vault/index.ts'
import type { VaultReaders } from '../runs/vault-readers.ts'
import { noteFoundPoints, noteGonePoints } from './note-seen-points.ts'

export interface VaultLookTools {
  readonly catalog: Catalog
  readonly readers: VaultReaders
  readonly clock: Clock
  readonly chance: Chance
  readonly onChange: (kind: 'vault' | 'point', id: string) => void
}

export interface VaultLookOptions extends Abortable {
  /** Reads what is known already, too: whether it can be read. */
  readonly thorough?: boolean | undefined
}

/** What was seen in a vault. */
interface Seen {
  readonly bytesStored: number
  /** Why snapshots could not be read, each. */
  readonly unreadable: readonly string[]
  /** Points of the catalog that came, or went. */
  readonly changed: readonly string[]
}

/**
 * Looks at a vault: whether it can be reached, what it takes and has free, and which recovery points are there. Those that
 * others made (restic, another appliance) are noted as nobody's; those whose files are there no more go from the catalog,
 * too. One that cannot be read is there, and makes the vault a damaged one.
 */
export async function lookAtVault(
  tools: VaultLookTools,
  vaultId: string,
  { thorough = false, signal = new AbortController().signal }: VaultLookOptions = {},
): Promise<void> {
  const { catalog, readers, clock, onChange } = tools
  const vault = await vaultRows.find(catalog.rows, vaultId)
  if (!vault || vault.removed_at !== null) return
  // Until it has heard of what was stored without it, those points would seem to be gone.
  if ((await findCache(catalog.rows, vaultId))?.bypassed_at != null) return
  try {
    const access = await readers.access(vaultId)
    // What could not be read may have been mended.
    const readsAll = thorough || vault.state === 'damaged'
    const { bytesStored, unreadable, changed } = await readVault(tools, vault, access, readsAll, signal)
    const room = await roomOf(access)
    signal.throwIfAborted()
    await vaultRows.update(catalog.rows, vaultId, {
      state: unreadable.length > 0 ? 'damaged' : 'ready',
      problem: problemOf(unreadable),
      bytes_stored: bytesStored,
      ...room,
      measured_at: clock.now(),
    })
    const [first] = changed
    if (first !== undefined) {
      readers.renew(vaultId)
      onChange('point', first)
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof CoreError)) throw error
    await noteUnreachable(tools, vaultId, error)
    return
  }
  onChange('vault', vaultId)
}

/** What is free where a vault lies, after a run: its packs are counted by `lookAtVault` alone, as that takes its time. */
export async function measureRoom(tools: VaultLookTools, vaultId: string, { signal }: Abortable = {}): Promise<void> {
  const { catalog, readers, onChange } = tools
  const vault = await vaultRows.find(catalog.rows, vaultId)
  if (!vault || vault.removed_at !== null) return
  // It was away, and a run on it has ended: perhaps it is back; or what could not be read was mended.
  if (vault.state !== 'ready') return lookAtVault(tools, vaultId, { signal })
  const room = await roomOf(await readers.access(vaultId))
  signal?.throwIfAborted()
  await vaultRows.update(catalog.rows, vaultId, room)
  onChange('vault', vaultId)
}

export async function noteUnreachable(
  { catalog, onChange }: Pick<VaultLookTools, 'catalog' | 'onChange'>,
  vaultId: string,
  { message, remedy }: CoreError,
): Promise<void> {
  const problem = [message, remedy].filter((part) => part !== undefined).join(' ')
  await vaultRows.update(catalog.rows, vaultId, { state: 'unreachable', problem })
  onChange('vault', vaultId)
}

async function readVault(
  tools: VaultLookTools,
  vault: VaultRow,
  access: VaultAccess,
  readsAll: boolean,
  signal: AbortSignal,
): Promise<Seen> {
  // Without its cache it would seem to have lost what the cloud has not got yet.
  using opened = await openVaultStorage(access)
  const password = Buffer.from(access.password)
  return await useRepository(
    { storage: opened.storage, password, signal, onLockLeft: () => undefined },
    'read',
    async ({ repository }) => {
      const seen = await comparePoints(tools, vault, repository, readsAll, signal)
      let bytesStored = 0
      for await (const { size } of repository.storage.list('pack', { signal })) bytesStored += size
      return { ...seen, bytesStored }
    },
  )
}

/** So many snapshots are read, noted in one transaction and let go of: the catalog has other things to do. */
const AT_ONCE = 1000

/** Gone is what is listed no more, and nothing else: what cannot be read now may be read tomorrow. */
async function comparePoints(
  tools: VaultLookTools,
  vault: VaultRow,
  repository: Repository,
  readsAll: boolean,
  signal: AbortSignal,
): Promise<Omit<Seen, 'bytesStored'>> {
  const { catalog, clock } = tools
  const seenAt = clock.now()
  // Before the vault is listed: what a run makes meanwhile is not among what was seen there, and yet not gone.
  const known = await snapshotsOfPoints(catalog.rows, vault.id)
  const isKnown = new Set(known.map((point) => point.snapshot_id))
  const there = new Set<string>()
  for await (const { name } of repository.storage.list('snapshot', { signal })) there.add(name)

  const gone = known.filter((point) => !there.has(point.snapshot_id)).map(({ id }) => id)
  const changed = await noteGonePoints(tools, gone)
  const unreadable: string[] = []
  const read = [...there].filter((id) => readsAll || !isKnown.has(id))
  for (let at = 0; at < read.length; at += AT_ONCE) {
    const snapshots = await loadSnapshots(repository, {
      ids: read.slice(at, at + AT_ONCE),
      keeps: ({ id, tags }) => !isKnown.has(id) && !tags.includes(CATALOG_TAG),
      onUnreadable(_id, error) {
        // The vault has gone away: that says nothing of what is in it.
        if (isCode(error, 'storage/unreachable')) throw error
        unreadable.push(error instanceof Error ? error.message : String(error))
      },
      signal,
    })
    signal.throwIfAborted()
    changed.push(...(await noteFoundPoints(tools, vault.id, snapshots, seenAt)))
  }
  return { changed, unreadable }
}

function problemOf([first, ...more]: readonly string[]): string | null {
  if (first === undefined) return null
  return `${formatCounted(more.length + 1, 'snapshot file')} cannot be read, and ${more.length === 0 ? 'stays' : 'stay'} where ${more.length === 0 ? 'it is' : 'they are'}: ${first}`
}

async function roomOf({ place }: VaultAccess): Promise<{ bytes_free: number | null; bytes_total: number | null }> {
  const folder = vaultFolder(place)
  // A bucket has no end that it tells of.
  const room = folder === undefined ? undefined : await diskRoom(folder)
  return { bytes_free: room?.bytesFree ?? null, bytes_total: room?.bytesTotal ?? null }
}
