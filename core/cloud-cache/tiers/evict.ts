import type { Abortable } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'
import { removeIfThere } from './whole-file.ts'

interface EvictFrom {
  readonly journal: Journal
  readonly local: Storage
}

/**
 * Leaves a data pack to the cloud alone. Throws a defect unless its copy there is verified (CC-15). It is journalled before
 * the local copy goes, so that nobody takes back meanwhile that the cloud has it; where a kill comes between, the next
 * `prepare` removes the copy.
 */
export async function evict(from: EvictFrom, { kind, name }: Handle, options: Abortable = {}): Promise<void> {
  options.signal?.throwIfAborted()
  const handle = { kind, name }
  from.journal.move(handle, 'evicted')
  await removeCopy(from, handle)
}

/** The same, where it is still as it was when somebody looked. False: since then it was read, stored again or removed, or is no longer verified. */
export async function evictUnchanged(
  from: EvictFrom,
  { id, kind, name, state, neededAt }: CachedFile,
): Promise<boolean> {
  const handle = { kind, name }
  const { journal } = from
  const isEvicted = journal.transaction(() => {
    const now = journal.files.find(handle)
    if (state !== 'verified' || now?.id !== id || now.state !== state || now.neededAt !== neededAt) return false
    journal.move(handle, 'evicted')
    return true
  })
  if (isEvicted) await removeCopy(from, handle)
  return isEvicted
}

async function removeCopy({ journal, local }: EvictFrom, handle: Handle): Promise<void> {
  await removeIfThere(local, handle)
  journal.files.copyGone(handle)
}
