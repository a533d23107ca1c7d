import type { Abortable } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { Journal } from '../journal/journal.ts'

/** Something in the cloud that this cache has not put there. */
export type Foreign = Handle

/** So many are named. */
const MOST_NAMED = 20

/**
 * Locks and snapshots in the cloud that are not this cache's: somebody else writes there, and what he refers to must not be
 * deleted (design decision 4). Locks never leave the cache, so each there is one.
 */
export async function findForeign(
  journal: Journal,
  cloud: Storage,
  { signal }: Abortable,
): Promise<readonly Foreign[]> {
  const foreign: Foreign[] = []
  for await (const { name } of cloud.list('lock', { signal })) {
    foreign.push({ kind: 'lock', name })
    if (foreign.length === MOST_NAMED) return foreign
  }
  for await (const { name } of cloud.list('snapshot', { signal })) {
    const handle = { kind: 'snapshot', name } as const
    if (journal.files.find(handle) || journal.tombstones.phaseOf(handle) !== undefined) continue
    foreign.push(handle)
    if (foreign.length === MOST_NAMED) return foreign
  }
  return foreign
}
