import { type Abortable, CoreError } from '../base/index.ts'
import {
  type BlobIndex,
  type ContentLoader,
  createContentLoader,
  createTreeLoader,
  openRepository,
  type Repository,
  type TreeLoader,
} from '../repository/index.ts'
import {
  findNode,
  formatEntryPath,
  loadSnapshot,
  loadSnapshots,
  type StoredSnapshot,
  TreeReader,
} from '../snapshot/index.ts'
import { type Storage, withReadonly } from '../storage/index.ts'
import { type EntryRow, entryRow } from './entry-row.ts'

/** Which part of a folder is wanted. */
export interface FolderPage {
  readonly limit: number
  /** The raw name behind which it goes on. */
  readonly after?: Buffer | undefined
}

export interface FolderListing {
  readonly entries: readonly EntryRow[]
  readonly hasMore: boolean
}

/** Looks into the recovery points of a vault. It takes no lock: whatever is removed meanwhile is told as missing. */
export interface VaultReader {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly trees: TreeLoader
  readonly content: ContentLoader
  snapshot(id: string, options?: Abortable): Promise<StoredSnapshot>
  snapshots(options?: Abortable): Promise<StoredSnapshot[]>
  /**
   * The entries of a folder, in the order of their names' bytes.
   * @throws CoreError `object/not-found` where the snapshot has no such folder.
   */
  list(snapshot: StoredSnapshot, path: Buffer, page: FolderPage, options?: Abortable): Promise<FolderListing>
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

  async function find(snapshot: StoredSnapshot, path: Buffer, asked: Abortable): Promise<TreeReader | undefined> {
    let tree: Buffer | undefined = Buffer.from(snapshot.tree, 'hex')
    let found: TreeReader | undefined
    for (const name of namesOf(path)) {
      found = tree && findNode(await trees.load(tree, asked), name, `Tree ${tree.toString('hex')}`)
      if (!found) throw missing(snapshot, path)
      tree = found.subtree
    }
    return found
  }

  return {
    repository,
    index,
    trees,
    content: createContentLoader(repository, index),
    snapshot: (id, asked) => loadSnapshot(repository, id, asked),
    snapshots: (asked) => loadSnapshots(repository, { ...asked, onUnreadable: () => undefined }),
    entry: (snapshot, path, asked = {}) => find(snapshot, path, asked),
    async list(snapshot, path, { limit, after }, asked = {}) {
      const entry = await find(snapshot, path, asked)
      const tree = entry ? entry.subtree : Buffer.from(snapshot.tree, 'hex')
      if (!tree) throw noFolder(snapshot, path)
      const bytes = await trees.load(tree, asked)
      const reader = new TreeReader(bytes, `Tree ${tree.toString('hex')}`)
      const entries: EntryRow[] = []
      while (reader.next()) {
        if (after && reader.compareName(after) <= 0) continue
        if (entries.length === limit) return { entries, hasMore: true }
        entries.push(entryRow(reader, path))
      }
      return { entries, hasMore: false }
    },
  }
}

const SLASH = 0x2f

/** The names of a whole path. */
function namesOf(path: Buffer): Buffer[] {
  const names: Buffer[] = []
  let start = 1
  for (let at = 1; at <= path.length; at++) {
    if (at < path.length && path[at] !== SLASH) continue
    if (at > start) names.push(path.subarray(start, at))
    start = at + 1
  }
  return names
}

function missing(snapshot: StoredSnapshot, path: Buffer): CoreError {
  return new CoreError('object/not-found', `The recovery point has no ${formatEntryPath(path)}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Look at the folders above it. Another recovery point may have it.',
    context: { snapshot: snapshot.id },
  })
}

function noFolder(snapshot: StoredSnapshot, path: Buffer): CoreError {
  return new CoreError('input/invalid', `${formatEntryPath(path)} is no folder.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name the folder that it is in.',
    context: { snapshot: snapshot.id, field: 'path' },
  })
}
