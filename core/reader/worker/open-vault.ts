import { type Abortable, createLatestUsed } from '../../base/index.ts'
import {
  type BlobIndex,
  createTreeLoader,
  openRepository,
  type Repository,
  type TreeLoader,
} from '../../repository/index.ts'
import { loadSnapshot, type StoredSnapshot } from '../../snapshot/index.ts'
import { type Storage, withReadonly } from '../../storage/index.ts'
import { createHeldFolders, type HeldFolders } from './held-folders.ts'
import { unlessAborted } from './unless-aborted.ts'

/** A vault as it was when it was opened, or renewed last. */
export interface VaultState {
  readonly repository: Repository
  readonly index: BlobIndex
  /** For walks: takes trees that are held, and holds no others. */
  readonly trees: TreeLoader
  /** For whoever looks into single folders. */
  readonly folders: HeldFolders
  /** Throws `storage/not-found` or `repository/damaged`. */
  snapshot(id: string): Promise<StoredSnapshot>
}

/** A vault that is opened when somebody wants it. */
export interface OpenVault {
  /** Rejects with what opening fails with. Whoever asks next tries again. */
  state(): Promise<VaultState>
  /** The next one who asks gets the vault as it is then. Folders that are held stay: a tree's name says all of it. */
  renew(): void
}

/** Snapshots are small, but for those with a hundred thousand roots. */
const SNAPSHOTS_KEPT = 100

/** `signal` ends all that is read. */
export function createOpenVault(storage: Storage, password: Buffer, { signal }: Abortable): OpenVault {
  let repository: Promise<Repository> | undefined
  let state: Promise<VaultState> | undefined
  const folders = createHeldFolders()

  async function open(): Promise<Repository> {
    return (await openRepository(storage, password, { signal })).over(withReadonly(storage))
  }

  async function read(opening: Promise<Repository>): Promise<VaultState> {
    const opened = await opening
    const index = await opened.loadIndex({ purpose: 'read', onUnreadable: () => undefined, signal })
    const loader = createTreeLoader(opened, index)
    const load = (id: Uint8Array): Promise<Buffer> => loader.load(id, { signal })
    const snapshots = createLatestUsed<string, Promise<StoredSnapshot>>(SNAPSHOTS_KEPT)
    return {
      repository: opened,
      index,
      // A pack is read once for all who want something of it: whoever goes does not take it from the others.
      trees: { load: async (id, options) => folders.held(id) ?? unlessAborted(load(id), options?.signal) },
      folders: folders.over(load),
      snapshot(id) {
        const loading = snapshots.take(id, () => loadSnapshot(opened, id, { signal }))
        loading.catch(() => snapshots.forget(id))
        return loading
      },
    }
  }

  return {
    state() {
      repository ??= open()
      const [opening, reading] = [repository, (state ??= read(repository))]
      opening.catch(() => {
        if (repository === opening) repository = undefined
      })
      reading.catch(() => {
        if (state === reading) state = undefined
      })
      return reading
    },
    renew() {
      state = undefined
    },
  }
}
