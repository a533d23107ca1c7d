import { createCopyFinder, loadSnapshots, type StoredSnapshot } from '../../../snapshot/index.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import type { TwoSessions } from '../session/two-sessions.ts'
import type { CopyOptions } from './copy-options.ts'

export interface MissingSnapshots {
  /** From the oldest to the newest. */
  readonly snapshots: readonly StoredSnapshot[]
  /** How many the destination has. */
  readonly passedOver: number
  /** How many cannot be read, of both repositories; each was named in a warning. */
  readonly unreadable: number
}

/** The snapshots of the source that a person means and that the destination has not. Says which it has. */
export async function chooseMissing(
  { source, destination }: TwoSessions,
  ids: readonly string[],
  options: CopyOptions,
): Promise<MissingSnapshots> {
  const { output, signal } = destination
  const chosen = await chooseSnapshots({ ...source, signal }, ids, snapshotFilter(options, process.env))
  let unreadable = 0
  const present = await loadSnapshots(destination.repository, {
    signal,
    onUnreadable(id) {
      unreadable++
      output.warn(
        `Snapshot ${id.slice(0, 8)} of the destination cannot be read: it is damaged. If it is a copy, it is copied once more.`,
      )
    },
  })
  const copies = createCopyFinder(present)
  const snapshots: StoredSnapshot[] = []
  for (const snapshot of chosen.snapshots) {
    const copy = copies.find(snapshot)
    if (!copy) snapshots.push(snapshot)
    else {
      output.say(`Snapshot ${snapshot.id.slice(0, 8)} is there already, as ${copy.id.slice(0, 8)}.`)
      output.emit({ message_type: 'passed_over', source_snapshot_id: snapshot.id, snapshot_id: copy.id })
    }
  }
  return {
    snapshots,
    passedOver: chosen.snapshots.length - snapshots.length,
    unreadable: chosen.unreadable + unreadable,
  }
}
