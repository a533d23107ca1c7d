import { removeSnapshots } from '../../../maintenance/index.ts'
import type { Session } from '../session/session.ts'

/** What became of snapshots that were to be removed, by their ids. */
export interface Removal {
  readonly removed: readonly string[]
  /** They could not be removed, and are there as before. */
  readonly failed: readonly string[]
}

/** Removes snapshots, and tells of each. */
export async function removeEach({ repository, output, signal }: Session, ids: readonly string[]): Promise<Removal> {
  const removed: string[] = []
  const failed: string[] = []
  await removeSnapshots(repository, ids, {
    signal,
    onRemoved(id) {
      removed.push(id)
      output.emit({ message_type: 'removed', id })
    },
    onFailed(id, error) {
      failed.push(id)
      output.warn(`Snapshot ${id.slice(0, 8)} could not be removed, and is there as before: ${error.message}`)
    },
  })
  return { removed, failed }
}

/** Removes snapshots, and tells of each. Resolves to how many are there still. */
export async function removeTold(session: Session, ids: readonly string[]): Promise<number> {
  return (await removeEach(session, ids)).failed.length
}
