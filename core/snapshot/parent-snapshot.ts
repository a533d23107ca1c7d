import type { StoredSnapshot } from './document/snapshot.ts'
import { newestOf } from './snapshot-filter.ts'

/** What a backup is of, as far as it matters for finding the one before it. */
export interface BackupIdentity {
  readonly hostname: string
  /** Absolute paths, in any order. */
  readonly paths: readonly string[]
  /** When the backup begins, in nanoseconds since the epoch. */
  readonly now: bigint
}

/**
 * The snapshot that unchanged files are taken from: the newest one of the same host and the same set of paths that is
 * not newer than the backup itself (restic manual, "File change detection"; its changelog for 0.13, pull 3619).
 */
export function chooseParent(snapshots: readonly StoredSnapshot[], backup: BackupIdentity): StoredSnapshot | undefined {
  const paths = new Set(backup.paths)
  return newestOf(
    snapshots.filter((snapshot) => {
      if (snapshot.hostname !== backup.hostname || snapshot.time.ns > backup.now) return false
      const others = new Set(snapshot.paths)
      return others.size === paths.size && snapshot.paths.every((path) => paths.has(path))
    }),
  )
}
