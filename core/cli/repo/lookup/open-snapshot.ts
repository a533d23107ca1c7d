import { type BlobIndex, createTreeLoader, type TreeLoader } from '../../../repository/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import type { Session } from '../session.ts'
import { chooseSnapshot } from './choose-snapshots.ts'
import { snapshotFilter, type SnapshotOptions } from './snapshot-options.ts'
import { findFolder, splitSnapshotPath } from './snapshot-path.ts'

/** The snapshot that a person named, ready to be read. */
export interface OpenSnapshot {
  readonly snapshot: StoredSnapshot
  readonly index: BlobIndex
  readonly trees: TreeLoader
  /** Of the folder that was named with it, or of the root. */
  readonly root: Buffer
}

/**
 * Finds what `latest`, an id or its first digits mean, with `:/folder` behind it or not.
 * @throws CoreError `repository/not-in-repository` and `input/invalid`, as `chooseSnapshot` and `findFolder` do.
 */
export async function openSnapshot(session: Session, wanted: string, options: SnapshotOptions): Promise<OpenSnapshot> {
  const { repository, output, signal } = session
  const { snapshot: name, folder } = splitSnapshotPath(wanted)
  const loadIndex = repository.loadIndex({
    signal,
    onUnreadable: (index) => output.warn(`Index ${index.slice(0, 8)} is damaged: what only it lists cannot be read.`),
  })
  // Awaited below; a snapshot that is not there is told first.
  loadIndex.catch(() => undefined)
  const snapshot = await chooseSnapshot(session, name, snapshotFilter(options, process.env))
  const index = await loadIndex
  const trees = createTreeLoader(repository, index)
  return { snapshot, index, trees, root: await findFolder(trees, snapshot, folder, { signal }) }
}
