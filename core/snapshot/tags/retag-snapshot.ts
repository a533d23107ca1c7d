import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { decodeSnapshot, encodeSnapshot } from '../document/snapshot-document.ts'
import type { StoredSnapshot } from '../document/snapshot.ts'
import { retagDocument } from './retag-document.ts'

/** What stands in a snapshot's place. */
export interface Retagged {
  readonly snapshot: StoredSnapshot
  /** Why the old snapshot is still there beside it. */
  readonly leftOver: CoreError | undefined
}

/**
 * Saves a copy of a snapshot with other tags, and removes the snapshot once the copy is durable. Of `others` one may be
 * that very copy, which an earlier run was stopped behind: then no second one is made. Wants an exclusive lock.
 * @throws CoreError `repository/damaged` for the snapshot, and what the storage throws where the copy cannot be saved;
 * the snapshot is then as it was.
 */
export async function retagSnapshot(
  repository: Repository,
  old: StoredSnapshot,
  tags: readonly string[],
  others: Iterable<StoredSnapshot>,
  options: Abortable = {},
): Promise<Retagged> {
  const what = `Snapshot ${old.id}`
  const plain = retagDocument(await repository.loadDocument('snapshot', old.id, options), old.id, tags, what)
  const wanted = decodeSnapshot(plain, what)
  const encoded = encodeSnapshot(wanted)
  let snapshot: StoredSnapshot | undefined
  for (const other of others)
    if (other.original === wanted.original && encodeSnapshot(other).equals(encoded)) snapshot = other
  snapshot ??= { ...wanted, id: await repository.saveDocument('snapshot', plain, options) }
  try {
    // Not to be interrupted: one call, without which the snapshot would be there twice.
    await repository.storage.remove({ kind: 'snapshot', name: old.id })
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return { snapshot, leftOver: undefined }
    if (!(error instanceof CoreError) || !error.code.startsWith('storage/')) throw error
    return { snapshot, leftOver: error }
  }
  return { snapshot, leftOver: undefined }
}
