import type { Session } from '../session/session.ts'

/** Why there is no snapshot to work with, and what to do about it. */
export async function describeNoSnapshots({ repository: { storage } }: Session): Promise<string> {
  for await (const _ of storage.list('snapshot')) return 'No snapshot is meant by these options; there are others.'
  return 'There are no snapshots yet. `holdfast repo backup` makes one.'
}
