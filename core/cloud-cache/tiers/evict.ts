import type { Abortable } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { Journal } from '../journal/journal.ts'
import { removeIfThere } from './whole-file.ts'

/**
 * Leaves a data pack to the cloud alone. Throws a defect unless its copy there is verified (CC-15). It is journalled before
 * the local copy goes, so that nobody takes back meanwhile that the cloud has it; where a kill comes between, the next
 * `prepare` removes the copy.
 */
export async function evict(
  { journal, local }: { readonly journal: Journal; readonly local: Storage },
  { kind, name }: Handle,
  options: Abortable = {},
): Promise<void> {
  options.signal?.throwIfAborted()
  const handle = { kind, name }
  journal.move(handle, 'evicted')
  await removeIfThere(local, handle)
  journal.files.copyGone(handle)
}
