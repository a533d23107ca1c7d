import type { ZonedTime } from '../json/go-time.ts'

/** What a backup did, as restic 0.17 and later store it with the snapshot. Sizes are bytes. */
export interface SnapshotSummary {
  readonly backupStart: ZonedTime
  readonly backupEnd: ZonedTime
  readonly filesNew: bigint
  readonly filesChanged: bigint
  readonly filesUnmodified: bigint
  readonly dirsNew: bigint
  readonly dirsChanged: bigint
  readonly dirsUnmodified: bigint
  readonly dataBlobs: bigint
  readonly treeBlobs: bigint
  /** Bytes of new blobs before compression. */
  readonly dataAdded: bigint
  /** Bytes of new blobs as they were stored. */
  readonly dataAddedPacked: bigint
  readonly totalFilesProcessed: bigint
  readonly totalBytesProcessed: bigint
  /** Members that this program does not know, as they were stored: `"key":value`, separated by commas. */
  readonly unknown?: Buffer | undefined
}

/** What a source looked like at one moment. */
export interface Snapshot {
  /** When the backup began. */
  readonly time: ZonedTime
  /** The id of the snapshot that unchanged files were taken from. */
  readonly parent?: string | undefined
  /** The id of the root tree: 64 hexadecimal digits, as all ids here. */
  readonly tree: string
  /** What was backed up: absolute paths. */
  readonly paths: readonly string[]
  readonly hostname: string
  readonly username: string
  readonly uid: number
  readonly gid: number
  readonly excludes: readonly string[]
  readonly tags: readonly string[]
  /** The id of the first of the snapshots that this one is a changed copy of. */
  readonly original?: string | undefined
  /** For example `holdfast 1.0.0`. */
  readonly programVersion: string
  readonly summary?: SnapshotSummary | undefined
  /** How many files its run could not read, or not as they were at one moment. restic knows nothing of it. */
  readonly filesMissed?: number | undefined
  /** Members that this program does not know, as they were stored: `"key":value`, separated by commas. */
  readonly unknown?: Buffer | undefined
}

/** A snapshot together with its id: the SHA-256 of the stored file, which is its name. */
export interface StoredSnapshot extends Snapshot {
  readonly id: string
}
