import type { Abortable } from '../base/index.ts'
import {
  type ContentLoader,
  createContentLoader,
  createTreeLoader,
  openRepository,
  type Repository,
} from '../repository/index.ts'
import { findNode, type StoredSnapshot, type TreeReader } from '../snapshot/index.ts'
import { type Storage, withReadonly } from '../storage/index.ts'
import { namesOfPath, noSuchEntry } from './path-names.ts'

/**
 * Fetches single files of the recovery points of a vault, in the thread that asks. It takes no lock: whatever is removed
 * meanwhile is told as missing. For people who browse there is `core/reader`.
 */
export interface VaultReader {
  readonly repository: Repository
  readonly content: ContentLoader
  /** An entry by its whole path; undefined for the root. Throws `object/not-found`. */
  entry(snapshot: StoredSnapshot, path: Buffer, options?: Abortable): Promise<TreeReader | undefined>
}

/** Opens a vault for reading. The index is that of now: what is stored later is not found by it. */
export async function openVaultReader(
  storage: Storage,
  password: Buffer,
  options: Abortable = {},
): Promise<VaultReader> {
  const repository = (await openRepository(storage, password, options)).over(withReadonly(storage))
  const index = await repository.loadIndex({ purpose: 'read', onUnreadable: () => undefined, ...options })
  const trees = createTreeLoader(repository, index)
  return {
    repository,
    content: createContentLoader(repository, index),
    async entry(snapshot, path, asked = {}) {
      let tree: Buffer | undefined = Buffer.from(snapshot.tree, 'hex')
      let found: TreeReader | undefined
      for (const name of namesOfPath(path)) {
        found = tree && findNode(await trees.load(tree, asked), name, `Tree ${tree.toString('hex')}`)
        if (!found) throw noSuchEntry(snapshot, path)
        tree = found.subtree
      }
      return found
    },
  }
}
