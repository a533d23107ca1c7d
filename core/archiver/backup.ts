import { systemClock } from '../base/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'
import { chooseParent, encodeSnapshot, loadSnapshots, type Snapshot, type StoredSnapshot } from '../snapshot/index.ts'
import type { PreparedRoot, Source } from '../source/index.ts'
import { archivePasses } from './archive-passes.ts'
import type { Archived, RunOptions } from './archive.ts'
import { discardWrites } from './discard-writes.ts'
import { refuseEmptied } from './emptied-root.ts'
import type { Estimate } from './estimate.ts'
import type { Figures } from './figures.ts'
import type { MissedFile } from './messages.ts'
import { pathsOf, snapshotOfRun } from './run-snapshot.ts'

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
  readonly onParent?: ((parent: StoredSnapshot | undefined) => void) | undefined
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined
}

export interface BackupResult extends Archived {
  /** Undefined after a dry run. */
  readonly snapshot: string | undefined
  readonly parent: string | undefined
  /** What is not in the recovery point as it should be. Not empty: the run ends as a warning. The first thousand. */
  readonly missed: readonly MissedFile[]
  /** How many there are in all. */
  readonly missedCount: number
  /** Those of them that were stored, but changed while they were read. */
  readonly missedChanged: number
  /** Milliseconds. */
  readonly duration: number
}

/** Backs up a source into a new snapshot. `loadIndex` may already be under way. */
export async function backUp(
  repository: Repository,
  loadIndex: Promise<BlobIndex>,
  options: BackupOptions,
): Promise<BackupResult> {
  const { clock = systemClock, signal, dryRun } = options
  const begin = clock.now()
  const since = clock.monotonic()
  loadIndex.catch(() => undefined)
  const source = await options.source.prepare({ signal })
  try {
    const { roots } = source
    const parent = await findParent(repository, roots, options, begin)
    options.onParent?.(parent)
    const index = await loadIndex
    if (parent) await refuseEmptied(repository, index, roots, parent)
    const into = dryRun ? repository.over(discardWrites(repository.storage)) : repository
    const { archived, missed } = await archivePasses(into, index, parent, source, options)
    source.verify()
    const made = snapshotOfRun(archived, roots, parent, { begin, end: clock.now() }, options)
    return {
      ...archived,
      snapshot: dryRun ? undefined : await repository.saveDocument('snapshot', encodeSnapshot(made), { signal }),
      parent: parent?.id,
      missed: missed.files,
      missedCount: missed.count,
      missedChanged: missed.changed,
      duration: clock.monotonic() - since,
    }
  } finally {
    await source.release()
  }
}

async function findParent(
  repository: Repository,
  roots: readonly PreparedRoot[],
  { parent, parentPaths, identity, signal, onUnreadableSnapshot }: BackupOptions,
  begin: number,
): Promise<StoredSnapshot | undefined> {
  if (parent === 'none') return undefined
  if (parent !== 'newest') return parent
  const onUnreadable = (id: string): void => onUnreadableSnapshot?.(id)
  const snapshots = await loadSnapshots(repository, { signal, onUnreadable })
  const of = (paths: readonly string[]): StoredSnapshot | undefined =>
    chooseParent(snapshots, { hostname: identity.hostname, paths, now: BigInt(begin) * 1_000_000n })
  // The first day on which one of them is missing, nothing of the others has to be read for that.
  return of(pathsOf(roots)) ?? (parentPaths && of(parentPaths.map((path) => path.toString())))
}
