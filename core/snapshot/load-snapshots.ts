import { type Abortable, CoreError, isCode } from '../base/index.ts'
import { nameByPrefix, type Repository } from '../repository/index.ts'
import { decodeSnapshot } from './document/snapshot-document.ts'
import type { StoredSnapshot } from './document/snapshot.ts'
import { SNAPSHOT } from './snapshot-filter.ts'
import { createSnapshotHold } from './snapshot-hold.ts'

/** Reads a snapshot. Throws `storage/not-found` or `repository/damaged`, naming it. */
export async function loadSnapshot(
  repository: Repository,
  id: string,
  options: Abortable = {},
): Promise<StoredSnapshot> {
  return (await readSnapshot(repository, id, options)).snapshot
}

/** `bytes`: of its document, opened. */
async function readSnapshot(
  repository: Repository,
  id: string,
  options: Abortable,
): Promise<{ readonly snapshot: StoredSnapshot; readonly bytes: number }> {
  const plain = await repository.loadDocument('snapshot', id, options)
  return { snapshot: { ...decodeSnapshot(plain, `Snapshot ${id}`), id }, bytes: plain.length }
}

/**
 * Reads the snapshot that a person named by its id, or by the first digits of it: of ten thousand, one is read.
 * @throws CoreError as `nameByPrefix` does, and as `loadSnapshot`.
 */
export async function loadNamedSnapshot(
  repository: Repository,
  wanted: string,
  options: Abortable = {},
): Promise<StoredSnapshot> {
  const names: string[] = []
  for await (const { name } of repository.storage.list('snapshot', options)) names.push(name)
  return loadSnapshot(repository, nameByPrefix(names, wanted, SNAPSHOT), options)
}

export interface LoadSnapshotsOptions extends Abortable {
  /** Which ones. Default: all that are there. */
  readonly ids?: readonly string[] | undefined
  /** Whether the snapshot is wanted. What is not is let go of at once. Default: all are. */
  readonly keeps?: ((snapshot: StoredSnapshot) => boolean) | undefined
  /** Called for a snapshot that cannot be read; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((id: string, error: unknown) => void) | undefined
}

/**
 * Reads snapshots, several at a time, in no order. One that is removed meanwhile is left out. Those that are held
 * together are bounded: one that is too many counts as unreadable.
 */
export async function loadSnapshots(
  repository: Repository,
  { ids, keeps = () => true, onUnreadable, signal }: LoadSnapshotsOptions = {},
): Promise<StoredSnapshot[]> {
  const loaded: StoredSnapshot[] = []
  const hold = createSnapshotHold(repository.storage.location)
  const names = ids?.values() ?? listNames(repository, { signal })

  async function load(id: string): Promise<void> {
    try {
      const { snapshot, bytes } = await readSnapshot(repository, id, { signal })
      if (keeps(snapshot)) loaded.push(hold.add(snapshot, bytes))
    } catch (error) {
      if (isCode(error, 'storage/not-found')) return
      if (!onUnreadable || !(error instanceof CoreError)) throw error
      onUnreadable(id, error)
    }
  }

  async function reader(): Promise<void> {
    for (let next = await names.next(); !next.done; next = await names.next()) await load(next.value)
  }

  await Promise.all(Array.from({ length: repository.storage.connections }, reader))
  return loaded
}

async function* listNames({ storage }: Repository, options: Abortable): AsyncGenerator<string, undefined> {
  for await (const { name } of storage.list('snapshot', options)) yield name
  return undefined
}
