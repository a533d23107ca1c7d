import type { Snapshot, SnapshotSummary, StoredSnapshot } from '../snapshot/index.ts'
import type { PreparedRoot } from '../source/index.ts'
import type { Passed } from './archive-passes.ts'
import type { Archived } from './archive.ts'
import type { BackupOptions } from './backup-options.ts'
import { localTime } from './local-time.ts'

/** When a run began and ended. Milliseconds since the epoch. */
export interface RunTimes {
  readonly begin: number
  readonly end: number
}

/** What a snapshot calls the roots of a run. */
export function pathsOf(roots: readonly PreparedRoot[]): string[] {
  return roots.map(({ path }) => Buffer.from(path).toString('utf8'))
}

/** The snapshot of a run of which everything is stored. */
export function snapshotOfRun(
  { archived, missed }: Passed,
  roots: readonly PreparedRoot[],
  parent: StoredSnapshot | undefined,
  times: RunTimes,
  { identity, excludes, time = times.begin }: Pick<BackupOptions, 'identity' | 'excludes' | 'time'>,
): Snapshot {
  return {
    ...identity,
    time: localTime(time),
    parent: parent?.id,
    tree: archived.tree.toString('hex'),
    paths: pathsOf(roots),
    excludes,
    summary: summaryOf(archived, times),
    filesMissed: missed.count,
  }
}

function summaryOf(
  { figures, dataBlobs, treeBlobs, bytesAdded, bytesStored }: Archived,
  { begin, end }: RunTimes,
): SnapshotSummary {
  const { filesNew, filesChanged, filesUnmodified, dirsNew, dirsChanged, dirsUnmodified, bytesProcessed } = figures
  return {
    backupStart: localTime(begin),
    backupEnd: localTime(end),
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
