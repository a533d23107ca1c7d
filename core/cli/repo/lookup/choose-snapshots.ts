import {
  compareSnapshots,
  findSnapshot,
  fitsFilter,
  loadSnapshot,
  loadSnapshots,
  type SnapshotFilter,
  type StoredSnapshot,
} from '../../../snapshot/index.ts'
import type { Session } from '../session.ts'

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
    const chosen = await Promise.all(wanted.map((prefix) => loadNamed(session, prefix)))
    return { snapshots: unique(chosen), unreadable: 0 }
  }
  let unreadable = 0
  const all = await loadSnapshots(repository, {
    signal,
    onUnreadable: (id) => {
      unreadable++
      output.warn(`Snapshot ${id.slice(0, 8)} cannot be read: it is damaged. Run \`holdfast repo check\`.`)
    },
  })
  const snapshots =
    wanted.length > 0
      ? unique(wanted.map((name) => findSnapshot(all, name, filter)))
      : all.filter((snapshot) => fitsFilter(snapshot, filter)).toSorted(compareSnapshots)
  return { snapshots, unreadable }
}

/** The one snapshot that a person named. */
export async function chooseSnapshot(
  session: Session,
  wanted: string,
  filter: SnapshotFilter,
): Promise<StoredSnapshot> {
  const { snapshots } = await chooseSnapshots(session, [wanted], filter)
  return findSnapshot(snapshots, snapshots[0]?.id ?? wanted)
}

/** Finds by id without reading any other snapshot: of ten thousand there is one to read. */
async function loadNamed({ repository, signal }: Session, prefix: string): Promise<StoredSnapshot> {
  const named: StoredSnapshot[] = []
  const names: string[] = []
  for await (const { name } of repository.storage.list('snapshot', { signal })) {
    if (prefix !== '' && name.startsWith(prefix.toLowerCase())) names.push(name)
  }
  const [only] = names
  if (names.length === 1 && only !== undefined) named.push(await loadSnapshot(repository, only, { signal }))
  else if (names.length > 1) named.push(...(await loadSnapshots(repository, { signal, onUnreadable: () => undefined })))
  return findSnapshot(named, prefix)
}

function unique(snapshots: readonly StoredSnapshot[]): StoredSnapshot[] {
  return [...new Map(snapshots.map((snapshot) => [snapshot.id, snapshot])).values()].toSorted(compareSnapshots)
}
