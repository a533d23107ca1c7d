import { systemClock } from '../base/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'
import { chooseParent, encodeSnapshot, loadSnapshots, type StoredSnapshot } from '../snapshot/index.ts'
import type { PreparedRoot } from '../source/index.ts'
import { archivePasses } from './archive-passes.ts'
import type { Archived } from './archive.ts'
import type { BackupOptions } from './backup-options.ts'
import { discardWrites } from './discard-writes.ts'
import { emptiedError, findEmptied } from './emptied-root.ts'
import type { MissedFile } from './messages.ts'
import { pathsOf, snapshotOfRun } from './run-snapshot.ts'

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
    const parent = await findParent(repository, source.roots, options, begin)
    options.onParent?.(parent)
    const index = await loadIndex
    const emptied = parent ? await findEmptied(repository, index, source.roots, parent) : []
    const roots = source.roots.filter((root) => !emptied.includes(root))
    const [first] = emptied
    const mayMiss = options.emptied === 'miss'
    if (first && (!mayMiss || roots.length === 0))
      throw emptiedError(first, mayMiss ? 'put a file into it' : 'give --force once')
    const into = dryRun ? repository.over(discardWrites(repository.storage)) : repository
    const passed = await archivePasses(into, index, parent, { ...source, roots }, { ...options, emptiedRoots: emptied })
    const { archived, missed } = passed
    source.verify()
    if (!dryRun) await options.beforeSnapshot?.()
    const made = snapshotOfRun(passed, roots, parent, { begin, end: clock.now() }, options)
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
  const keeps = ({ hostname }: StoredSnapshot): boolean => hostname === identity.hostname
  const snapshots = await loadSnapshots(repository, { keeps, signal, onUnreadable })
  const of = (paths: readonly string[]): StoredSnapshot | undefined =>
    chooseParent(snapshots, { hostname: identity.hostname, paths, now: BigInt(begin) * 1_000_000n })
  // The first day on which one of them is missing, nothing of the others has to be read for that.
  return of(pathsOf(roots)) ?? (parentPaths && of(parentPaths.map((path) => path.toString())))
}
