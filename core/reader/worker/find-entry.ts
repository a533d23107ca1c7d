import { type Abortable, CoreError } from '../../base/index.ts'
import { formatEntryPath, type StoredSnapshot, type TreeReader } from '../../snapshot/index.ts'
import { namesOfPath, noSuchEntry } from '../../vault/index.ts'
import type { VaultState } from './open-vault.ts'

/** An entry by its whole path, on which the reader stands; undefined for the root. Throws `object/not-found`. */
export async function findIn(
  { folders }: VaultState,
  snapshot: StoredSnapshot,
  path: Buffer,
  options: Abortable,
): Promise<TreeReader | undefined> {
  let tree: Buffer | undefined = Buffer.from(snapshot.tree, 'hex')
  let found: TreeReader | undefined
  for (const name of namesOfPath(path)) {
    options.signal?.throwIfAborted()
    found = tree && (await (await folders.open(tree)).find(name, options))
    if (!found) throw noSuchEntry(snapshot, path)
    tree = found.subtree
  }
  options.signal?.throwIfAborted()
  return found
}

/** The tree of a folder by its whole path. Throws `object/not-found`, or `input/invalid` where it is no folder. */
export async function findFolder(
  state: VaultState,
  snapshot: StoredSnapshot,
  path: Buffer,
  options: Abortable,
): Promise<Buffer> {
  const entry = await findIn(state, snapshot, path, options)
  const tree = entry ? entry.subtree : Buffer.from(snapshot.tree, 'hex')
  if (tree) return tree
  throw new CoreError('input/invalid', `${formatEntryPath(path)} is no folder.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name the folder that it is in.',
    context: { snapshot: snapshot.id, field: 'path' },
  })
}
