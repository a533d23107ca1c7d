import type { WriteCounts } from '../../repository/index.ts'
import { type DiskLayout, diskPath, extentCount, type Snapshot } from '../../snapshot/index.ts'
import { localTime } from '../local-time.ts'
import type { ImageStored } from './image-run.ts'

/** What was stored. */
export interface StoredRun {
  readonly result: ImageStored
  readonly counts: WriteCounts
  readonly layout: DiskLayout
}

/** What it was made of. Times are milliseconds since the epoch. */
export interface ImageRun {
  readonly name: string
  readonly identity: Pick<Snapshot, 'hostname' | 'username' | 'uid' | 'gid' | 'tags' | 'programVersion'>
  /** Id. */
  readonly parent: string | undefined
  readonly time: number
  readonly begin: number
  readonly end: number
  /** Whether somebody wrote to it meanwhile, so that it is not as it was at one moment. */
  readonly wasWritten: boolean
}

/** Its description and its descriptor are files, too. */
const DOCUMENTS = 2

/** The snapshot of a disk of which everything is stored. Its files are extents. */
export function snapshotOfImage(
  { result: { tree, figures }, counts, layout }: StoredRun,
  { name, identity, parent, time, begin, end, wasWritten }: ImageRun,
): Snapshot {
  const isFirst = parent === undefined
  return {
    ...identity,
    time: localTime(time),
    parent,
    tree: tree.toString('hex'),
    paths: [diskPath(name)],
    excludes: [],
    summary: {
      backupStart: localTime(begin),
      backupEnd: localTime(end),
      filesNew: BigInt(figures.extentsNew + (isFirst ? DOCUMENTS : 0)),
      filesChanged: BigInt(figures.extentsChanged),
      filesUnmodified: BigInt(figures.extentsUnmodified + (isFirst ? 0 : DOCUMENTS)),
      dirsNew: BigInt(figures.extentsNew),
      dirsChanged: BigInt(figures.extentsChanged),
      dirsUnmodified: BigInt(figures.extentsUnmodified),
      dataBlobs: BigInt(counts.dataBlobs),
      treeBlobs: BigInt(counts.treeBlobs),
      dataAdded: BigInt(counts.bytesAdded),
      dataAddedPacked: BigInt(counts.bytesStored),
      totalFilesProcessed: BigInt(extentCount(layout) + DOCUMENTS),
      totalBytesProcessed: BigInt(layout.bytes),
    },
    filesMissed: wasWritten ? 1 : 0,
  }
}
