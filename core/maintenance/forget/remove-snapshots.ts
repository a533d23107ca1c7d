import type { Repository } from '../../repository/index.ts'
import { removeFiles, type RemoveFilesOptions } from '../listing/remove-files.ts'

/**
 * Removes snapshots: what they alone need becomes unused, and goes with the next prune. Wants an exclusive lock. Rejects
 * when the storage as a whole is gone.
 */
export function removeSnapshots(
  { storage }: Repository,
  ids: readonly string[],
  options: RemoveFilesOptions,
): Promise<void> {
  return removeFiles(storage, 'snapshot', ids, options)
}
