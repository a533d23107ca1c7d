import { type Abortable, CoreError, isCode, reasonOf } from '../../base/index.ts'
import {
  compareSnapshots,
  diskPath,
  type ImageReaderParts,
  loadSnapshots,
  readImage,
  REPAIRED,
  type StoredImage,
  type StoredSnapshot,
} from '../../snapshot/index.ts'
import type { LastMade } from './last-made.ts'

/** The last snapshot of a disk, as far as there is one. */
export interface ImageParent {
  readonly snapshot: StoredSnapshot
  readonly image: StoredImage
}

export interface FoundParent {
  readonly parent: ImageParent | undefined
  /**
   * Why areas that have changed since the last snapshot cannot be applied to `parent`: undefined where they can. A sentence
   * without its end.
   */
  readonly doubt: string | undefined
}

/** What is in a repository of one disk. */
export interface DiskSnapshots {
  readonly all: readonly StoredSnapshot[]
  /** Those of the disk, the newest first. */
  readonly candidates: readonly StoredSnapshot[]
  /** How many cannot be read. */
  readonly unreadable: number
}

export interface DiskSnapshotsSearch extends Abortable {
  readonly hostname: string
  readonly name: string
  readonly onUnreadableSnapshot?: ((id: string) => void) | undefined
}

export interface ParentSearch extends Abortable {
  readonly name: string
  /** When the backup began. Milliseconds since the epoch. */
  readonly now: number
  /** The last one that this computer made, where it remembers that. */
  readonly lastId: LastMade['snapshot']
}

export async function loadDiskSnapshots(
  repository: ImageReaderParts['repository'],
  { hostname, name, signal, onUnreadableSnapshot }: DiskSnapshotsSearch,
): Promise<DiskSnapshots> {
  let unreadable = 0
  const all = await loadSnapshots(repository, {
    signal,
    onUnreadable(id) {
      unreadable++
      onUnreadableSnapshot?.(id)
    },
  })
  const candidates = all
    .filter(({ hostname: host, paths }) => host === hostname && paths.length === 1 && paths[0] === diskPath(name))
    .toSorted((left, right) => compareSnapshots(right, left))
  return { all, candidates, unreadable }
}

/** Finds the last snapshot of a disk, whose content areas that have changed refer to. */
export async function findImageParent(
  parts: ImageReaderParts,
  { all, candidates, unreadable }: DiskSnapshots,
  { name, now, lastId, signal }: ParentSearch,
): Promise<FoundParent> {
  for (const snapshot of candidates) {
    const found = await parentOf(parts, snapshot, name, { signal })
    if (!found) continue
    if (found.doubt !== undefined || !found.parent) return found
    const [newest] = candidates
    const doubt =
      newest && newest !== snapshot
        ? `snapshot ${newest.id.slice(0, 8)} is newer, and the disk is not in it any more`
        : (doubtOf(snapshot, candidates, { now, unreadable }) ?? doubtOfLast(lastId, snapshot, all))
    return { parent: found.parent, doubt }
  }
  return { parent: undefined, doubt: 'there is no earlier snapshot of this disk' }
}

/** Why the newest may not be what was made last. */
function doubtOfLast(
  last: LastMade['snapshot'],
  newest: StoredSnapshot,
  all: readonly StoredSnapshot[],
): string | undefined {
  const isLast = ({ id, original }: StoredSnapshot): boolean => id === last || original === last
  if (last === undefined || isLast(newest)) return undefined
  if (last === 'unknown') return 'the last backup of this disk was ended while its snapshot was stored'
  return all.some(isLast)
    ? `the last snapshot that this computer made of this disk, ${last.slice(0, 8)}, is not the newest, ${newest.id.slice(0, 8)}`
    : `the last snapshot of this disk, ${last.slice(0, 8)}, is not there any more`
}

/** Why the newest by its time may not be the one that was made last. */
function doubtOf(
  { id, original, time }: StoredSnapshot,
  candidates: readonly StoredSnapshot[],
  { now, unreadable }: { readonly now: number; readonly unreadable: number },
): string | undefined {
  if (time.ns > BigInt(now) * 1_000_000n) return `snapshot ${id.slice(0, 8)} is of a time that is still to come`
  // The clock was put back.
  const later = candidates.find(({ parent }) => parent === id || (parent !== undefined && parent === original))
  if (later) return `snapshot ${later.id.slice(0, 8)} was made later, and is of an earlier time`
  return unreadable > 0 ? 'a snapshot that cannot be read may be the last one of this disk' : undefined
}

/** Why a snapshot may hold what the disk never was: what is in it and not on the disk, nobody has written there since. */
function doubtOfContent({ id, tags, filesMissed }: StoredSnapshot): string | undefined {
  if (tags.includes(REPAIRED))
    return `snapshot ${id.slice(0, 8)} was repaired, and may have zeros where blocks were lost`
  if (filesMissed === undefined) return undefined
  return `the disk was written to while snapshot ${id.slice(0, 8)} was made, which is a mixture of before and after`
}

/** Undefined for one that is of no disk. */
export async function parentOf(
  parts: ImageReaderParts,
  snapshot: StoredSnapshot,
  name: string,
  options: Abortable,
): Promise<FoundParent | undefined> {
  try {
    const image = await readImage(parts, Buffer.from(snapshot.tree, 'hex'), name, options)
    return image && { parent: { snapshot, image }, doubt: doubtOfContent(snapshot) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof CoreError) || isCode(error, 'storage/unreachable')) throw error
    return { parent: undefined, doubt: `snapshot ${snapshot.id.slice(0, 8)} cannot be used (${reasonOf(error)})` }
  }
}
