import { type Abortable, type Clock, systemClock } from '../base/index.ts'
import { type BlobIndex, type CompressionLevel, type Repository } from '../repository/index.ts'
import {
  chooseParent,
  encodeSnapshot,
  loadSnapshots,
  type Snapshot,
  type SnapshotSummary,
  type StoredSnapshot,
} from '../snapshot/index.ts'
import {
  createFileServerSource,
  type PreparedRoot,
  type PreparedSource,
  type SelectionOptions,
  type Source,
} from '../source/index.ts'
import type { ArchiveThreads } from './archive-threads.ts'
import { archive, type Archived } from './archive.ts'
import { discardWrites } from './discard-writes.ts'
import { refuseEmptied } from './emptied-root.ts'
import { type Estimate, startEstimate } from './estimate.ts'
import { type Figures, withRetried } from './figures.ts'
import type { ChangeDetection, MissedFile } from './messages.ts'
import { createMissedList, type MissedList } from './missed-list.ts'
import { addressesOf, buildTargetTree } from './target-tree.ts'
import { watchRoots } from './unread-roots.ts'

/** What a run of a backup set leaves for its next run, or tries again at its own end (FS-16, NAS-14). */
export type MissedPolicy = 'retry-at-end' | 'next-run'

export interface BackupProgress {
  readonly figures: Figures
  /** Bytes of packs stored so far. */
  readonly bytesStored: number
  /** FS-8. Undefined while nobody knows. */
  readonly estimate: Estimate | undefined
}

export interface BackupOptions extends Abortable {
  /** Absolute, clean paths. */
  readonly targets: readonly Buffer[]
  /** What reads the targets, such as a shadow copy of them. Default: the live files. */
  readonly source?: Source | undefined
  readonly selection: SelectionOptions
  readonly identity: Pick<Snapshot, 'hostname' | 'username' | 'uid' | 'gid' | 'tags' | 'programVersion'>
  /** What the snapshot says was left out. */
  readonly excludes: readonly string[]
  /** The snapshot to compare with; `newest` of the same host and paths, or none: then everything is read. */
  readonly parent: StoredSnapshot | 'newest' | 'none'
  readonly detection: ChangeDetection
  readonly missed: MissedPolicy
  /** Counts what will have to be looked at, beside the backup. */
  readonly estimate: boolean
  /** Reads and compares everything, and stores nothing. */
  readonly dryRun: boolean
  readonly workers: number
  /** As many threads as `workers`, started before. Whoever started them ends them when the backup was not reached. */
  readonly threads?: ArchiveThreads | undefined
  readonly level?: CompressionLevel | undefined
  readonly packBytes?: number | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds since the epoch; default: now. */
  readonly time?: number | undefined
  /** Called when everything is about to be read, and again before it is tried once more. What it returns hears of all that is missed. */
  readonly listMissed?: (() => (missed: MissedFile) => void) | undefined
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

/** Backs up the targets into a new snapshot. `loadIndex` may already be under way. */
export async function backUp(
  repository: Repository,
  loadIndex: Promise<BlobIndex>,
  options: BackupOptions,
): Promise<BackupResult> {
  const { targets, selection, clock = systemClock, signal, dryRun } = options
  const begin = clock.now()
  const since = clock.monotonic()
  loadIndex.catch(() => undefined)
  const live = createFileServerSource({ kind: 'file-server', roots: targets, selection })
  const source = await (options.source ?? live).prepare({ signal })
  try {
    const parent = await findParent(repository, options, begin)
    options.onParent?.(parent)
    const index = await loadIndex
    if (parent) await refuseEmptied(repository, index, source.roots, parent)
    const into = dryRun ? repository.over(discardWrites(repository.storage)) : repository
    const { archived, missed } = await archiveAll(into, index, parent, source.roots, options)
    source.verify()
    const snapshot = dryRun
      ? undefined
      : await repository.saveDocument(
          'snapshot',
          encodeSnapshot(snapshotOf(archived, parent, begin, clock.now(), options)),
          { signal },
        )
    return {
      ...archived,
      snapshot,
      parent: parent?.id,
      missed: missed.files,
      missedCount: missed.count,
      missedChanged: missed.changed,
      duration: clock.monotonic() - since,
    }
  } finally {
    await (source satisfies PreparedSource).release()
  }
}

async function findParent(
  repository: Repository,
  { parent, identity, targets, signal }: BackupOptions,
  begin: number,
): Promise<StoredSnapshot | undefined> {
  if (parent === 'none') return undefined
  if (parent !== 'newest') return parent
  // A snapshot that cannot be read is no parent; `check` names it.
  const snapshots = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
  const paths = targets.map((target) => target.toString('utf8'))
  return chooseParent(snapshots, { hostname: identity.hostname, paths, now: BigInt(begin) * 1_000_000n })
}

async function archiveAll(
  repository: Repository,
  index: BlobIndex,
  parent: StoredSnapshot | undefined,
  roots: readonly PreparedRoot[],
  options: BackupOptions,
): Promise<{ readonly archived: Archived; readonly missed: MissedList }> {
  const { selection, detection, workers, level, packBytes, onProgress, signal } = options
  // To count anew would take a second walk, and an unchanged rescan is hardly more than one.
  const totals: Estimate | undefined = parent?.summary && {
    files: Number(parent.summary.totalFilesProcessed),
    bytes: Number(parent.summary.totalBytesProcessed),
    basis: 'parent',
  }
  const targets = buildTargetTree(
    roots.map(({ path, readFrom, identity }) => ({
      path: Buffer.from(path),
      readFrom: Buffer.from(readFrom),
      identity,
    })),
  )
  const estimate = options.estimate && !totals ? startEstimate(addressesOf(targets), selection) : undefined
  let first: Archived | undefined
  let storedByFirst = 0
  let storedByPass = 0
  let missed = createMissedList(options.listMissed?.())
  const unread = watchRoots(roots)
  const pass = (parentTree: Buffer | undefined, threads?: ArchiveThreads): Promise<Archived> =>
    archive(repository, index, {
      targets,
      selection,
      parentTree,
      detection,
      workers,
      threads,
      level,
      packBytes,
      signal,
      onMissed(file) {
        unread.see(file)
        missed.add(file)
      },
      onProgress(figures, bytesStored) {
        storedByPass = bytesStored
        onProgress?.({
          figures: first ? withRetried(first.figures, figures) : figures,
          bytesStored: storedByFirst + bytesStored,
          estimate: totals ?? estimate?.current(),
        })
      },
    })
  try {
    first = await pass(parent && Buffer.from(parent.tree, 'hex'), options.threads)
    if (options.missed === 'next-run' || options.dryRun || !missed.isWorthTrying) {
      unread.refuseIfAll()
      return { archived: first, missed }
    }
    // NAS-14: once more, against what was just stored: only what was missed, or has changed since, is read.
    missed = createMissedList(options.listMissed?.())
    storedByFirst = storedByPass
    unread.forget()
    const second = await pass(first.tree)
    unread.refuseIfAll()
    return { archived: addCounts(first, second), missed }
  } finally {
    await estimate?.stop()
  }
}

/** What is in the second pass's tree, and what both stored. */
function addCounts(first: Archived, second: Archived): Archived {
  return {
    tree: second.tree,
    dataBlobs: first.dataBlobs + second.dataBlobs,
    treeBlobs: first.treeBlobs + second.treeBlobs,
    bytesAdded: first.bytesAdded + second.bytesAdded,
    bytesStored: first.bytesStored + second.bytesStored,
    figures: withRetried(first.figures, second.figures),
  }
}

function snapshotOf(
  archived: Archived,
  parent: StoredSnapshot | undefined,
  begin: number,
  end: number,
  { targets, identity, excludes, time = begin }: BackupOptions,
): Snapshot {
  return {
    ...identity,
    time: utc(time),
    parent: parent?.id,
    tree: archived.tree.toString('hex'),
    paths: targets.map((target) => target.toString('utf8')),
    excludes,
    summary: summaryOf(archived, begin, end),
  }
}

function summaryOf(
  { figures, dataBlobs, treeBlobs, bytesAdded, bytesStored }: Archived,
  begin: number,
  end: number,
): SnapshotSummary {
  const { filesNew, filesChanged, filesUnmodified, dirsNew, dirsChanged, dirsUnmodified, bytesProcessed } = figures
  return {
    backupStart: utc(begin),
    backupEnd: utc(end),
    filesNew: BigInt(filesNew),
    filesChanged: BigInt(filesChanged),
    filesUnmodified: BigInt(filesUnmodified),
    dirsNew: BigInt(dirsNew),
    dirsChanged: BigInt(dirsChanged),
    dirsUnmodified: BigInt(dirsUnmodified),
    dataBlobs: BigInt(dataBlobs),
    treeBlobs: BigInt(treeBlobs),
    dataAdded: BigInt(bytesAdded),
    dataAddedPacked: BigInt(bytesStored),
    totalFilesProcessed: BigInt(filesNew + filesChanged + filesUnmodified),
    totalBytesProcessed: BigInt(bytesProcessed),
  }
}

function utc(milliseconds: number): { ns: bigint; offsetMinutes: number } {
  return { ns: BigInt(milliseconds) * 1_000_000n, offsetMinutes: 0 }
}
