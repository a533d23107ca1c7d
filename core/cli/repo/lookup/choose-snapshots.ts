import { isCode } from '../../../base/index.ts'
import {
  compareSnapshots,
  findSnapshot,
  fitsFilter,
  loadNamedSnapshot,
  loadSnapshots,
  type SnapshotFilter,
  type StoredSnapshot,
} from '../../../snapshot/index.ts'
import type { Session } from '../session/session.ts'

/** What was found, and how many snapshots cannot be read, each of which was named in a warning. */
export interface ChosenSnapshots {
  /** From the oldest to the newest. */
  readonly snapshots: StoredSnapshot[]
  readonly unreadable: number
}

/**
 * The snapshots that a person named by ids, by first digits of ids or as `latest`, each once; or without a name all that
 * fit the filter. The filter bears on `latest`, not on ids, as in restic.
 * @throws CoreError `repository/not-in-repository` and `input/invalid`, as `findSnapshot` does.
 */
export async function chooseSnapshots(
  session: Session,
  wanted: readonly string[],
  filter: SnapshotFilter,
): Promise<ChosenSnapshots> {
  const { repository, output, signal } = session
  if (wanted.length > 0 && !wanted.includes('latest')) {
    const chosen = await Promise.all(wanted.map((prefix) => loadNamedSnapshot(repository, prefix, { signal })))
    return { snapshots: unique(chosen), unreadable: 0 }
  }
  let unreadable = 0
  const all = await loadSnapshots(repository, {
    signal,
    // Whoever is named by an id is meant whatever the filter says, and so is who shares its digits.
    keeps: wanted.length > 0 ? undefined : (snapshot) => fitsFilter(snapshot, filter),
    onUnreadable: (id, error) => {
      unreadable++
      output.warn(
        isCode(error, 'repository/unsupported')
          ? error.message
          : `Snapshot ${id.slice(0, 8)} cannot be read: it is damaged. Run \`holdfast repo check\`.`,
      )
    },
  })
  const snapshots =
    wanted.length > 0 ? unique(wanted.map((name) => findSnapshot(all, name, filter))) : all.toSorted(compareSnapshots)
  return { snapshots, unreadable }
}

/** The one snapshot that a person named. */
export async function chooseSnapshot(
  session: Session,
  wanted: string,
  filter: SnapshotFilter,
): Promise<StoredSnapshot> {
  if (wanted !== 'latest') return loadNamedSnapshot(session.repository, wanted, session)
  const { snapshots } = await chooseSnapshots(session, [wanted], filter)
  return findSnapshot(snapshots, snapshots[0]?.id ?? wanted)
}

function unique(snapshots: readonly StoredSnapshot[]): StoredSnapshot[] {
  return [...new Map(snapshots.map((snapshot) => [snapshot.id, snapshot])).values()].toSorted(compareSnapshots)
}
