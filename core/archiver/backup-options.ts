import type { Snapshot, StoredSnapshot } from '../snapshot/index.ts'
import type { Source } from '../source/index.ts'
import type { RunOptions } from './archive.ts'
import type { Estimate } from './estimate.ts'
import type { Figures } from './figures.ts'
import type { MissedFile } from './messages.ts'

/** What a run of a backup set leaves for its next run, or tries again at its own end (FS-16, NAS-14). */
export type MissedPolicy = 'retry-at-end' | 'next-run'

export interface BackupProgress {
  readonly figures: Figures
  /** Bytes of packs stored so far. */
  readonly bytesStored: number
  /** FS-8. Undefined while nobody knows. */
  readonly estimate: Estimate | undefined
}

/** `threads`: whoever started them ends them when the backup was not reached. */
export interface BackupOptions extends RunOptions {
  readonly source: Source
  readonly identity: Pick<Snapshot, 'hostname' | 'username' | 'uid' | 'gid' | 'tags' | 'programVersion'>
  /** What the snapshot says was left out. */
  readonly excludes: readonly string[]
  /** The snapshot to compare with; `newest` of the same host and paths, or none: then everything is read. */
  readonly parent: StoredSnapshot | 'newest' | 'none'
  /** Absolute paths, some of which may not be there today: `newest` may be of all these, too. */
  readonly parentPaths?: readonly Buffer[] | undefined
  /** Further roots of the source that are not there today: they count as missed, and all else is backed up. */
  readonly missingRoots?: readonly Buffer[] | undefined
  /**
   * What becomes of a root that is another folder than before, and empty, as where a file system is not mounted. `miss`: it
   * counts as one that is not there; where that is so of all of them, the backup is refused all the same. Default: `refuse`.
   */
  readonly emptied?: 'refuse' | 'miss' | undefined
  readonly missed: MissedPolicy
  /**
   * Counts what will have to be looked at, beside the backup where no parent says about how much it is. `first`: in any
   * case, and before anything is read (FS-8).
   */
  readonly estimate: boolean | 'first'
  /** Reads and compares everything, and stores nothing. */
  readonly dryRun: boolean
  /** Milliseconds since the epoch; default: now. */
  readonly time?: number | undefined
  /** Called when everything is about to be read, and again before it is tried once more. What it returns hears of all that is missed. */
  readonly listMissed?: (() => (missed: MissedFile) => void) | undefined
  /** Called for each snapshot that cannot be read, and so is nobody's parent. */
  readonly onUnreadableSnapshot?: ((id: string) => void) | undefined
  /** Called when all is stored, immediately before the snapshot is written. Where it rejects none is written. */
  readonly beforeSnapshot?: (() => Promise<void>) | undefined
  readonly onParent?: ((parent: StoredSnapshot | undefined) => void) | undefined
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined
}
