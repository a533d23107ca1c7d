import { CoreError } from '../base/index.ts'
import { type NamedThing, nameByPrefix } from '../repository/index.ts'
import type { StoredSnapshot } from './document/snapshot.ts'
import { type TagList, fitsTagList } from './tags/tag-list.ts'

/** Which snapshots are meant (restic manual, "Listing all snapshots" and "Removing snapshots according to a policy"). */
export interface SnapshotFilter {
  /** The snapshot is of one of these hosts. None, or the empty name: of any. */
  readonly hosts?: readonly string[] | undefined
  /** The snapshot fits one of these lists. None: whatever its tags. */
  readonly tags?: readonly TagList[] | undefined
  /** All of these were backed up, as absolute paths. None: whatever was. */
  readonly paths?: readonly string[] | undefined
}

/** Whether the snapshot is among those that the filter means. */
export function fitsFilter(snapshot: StoredSnapshot, { hosts = [], tags = [], paths = [] }: SnapshotFilter): boolean {
  return (
    (hosts.length === 0 || hosts.includes('') || hosts.includes(snapshot.hostname)) &&
    (tags.length === 0 || tags.some((list) => fitsTagList(snapshot.tags, list))) &&
    paths.every((path) => snapshot.paths.includes(path))
  )
}

/** The newest of these snapshots, or undefined where there are none. Of the same time it is the last by `compareSnapshots`. */
export function newestOf<T extends StoredSnapshot>(snapshots: Iterable<T>): T | undefined {
  let newest: T | undefined
  for (const snapshot of snapshots)
    if (newest === undefined || compareSnapshots(snapshot, newest) > 0) newest = snapshot
  return newest
}

/**
 * Orders snapshots from the oldest to the newest. Of those of the same time the ones that were made from others come
 * first: what was backed up counts as the newer, as it has all that is left of it. Then by id.
 */
export function compareSnapshots(left: StoredSnapshot, right: StoredSnapshot): number {
  if (left.time.ns !== right.time.ns) return left.time.ns < right.time.ns ? -1 : 1
  const isMade = left.original !== undefined
  if (isMade !== (right.original !== undefined)) return isMade ? -1 : 1
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
}

/**
 * Finds the one snapshot that a person named: by its id, by as many of the id's first digits as tell it from the others,
 * or by `latest`: the newest that fits the filter. The filter does not bear on ids, as in restic.
 * @throws CoreError `repository/not-in-repository` where none is meant, `input/invalid` where several are.
 */
export function findSnapshot(
  snapshots: readonly StoredSnapshot[],
  wanted: string,
  filter: SnapshotFilter = {},
): StoredSnapshot {
  if (wanted === 'latest') {
    const latest = newestOf(snapshots.filter((snapshot) => fitsFilter(snapshot, filter)))
    if (latest !== undefined) return latest
    if (snapshots.length === 0) throw notFound('There are no snapshots in the repository yet.')
    throw notFound(`None of the ${snapshots.length} snapshots in the repository fits the filter.`)
  }
  const id = nameByPrefix(
    snapshots.map((snapshot) => snapshot.id),
    wanted,
    SNAPSHOT,
  )
  const found = snapshots.find((snapshot) => snapshot.id === id)
  if (found) return found
  throw notFound(`There is no snapshot ${id}`)
}

/** For messages. */
export const SNAPSHOT: NamedThing = { noun: 'snapshot', remedy: 'List the snapshots to see which there are.' }

function notFound(message: string): CoreError {
  return new CoreError('repository/not-in-repository', message, {
    safety: 'Nothing was changed.',
    remedy: SNAPSHOT.remedy,
  })
}
