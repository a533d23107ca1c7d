import { type Abortable, CoreError } from '../base/index.ts'
import type { FileInfo, Handle, Storage } from '../storage/index.ts'
import type { FileState } from './journal/file-state.ts'
import type { Journal } from './journal/journal.ts'
import { isLoss } from './tiers/refusal.ts'
import type { CacheDamage } from './tiers/tiered-reader.ts'
import { loadWholeFile, replaceLocal } from './tiers/whole-file.ts'

interface Tiers extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  readonly cloud: Storage
  readonly onDamaged?: ((damage: CacheDamage) => void) | undefined
}

/** Brings a file that the cloud alone has into the local tier. False: it is damaged there, and listed all the same. */
export async function bringDown(
  { journal, local, cloud, onDamaged, signal }: Tiers,
  file: Handle & FileInfo,
): Promise<boolean> {
  const handle: Handle = { kind: file.kind, name: file.name }
  // Of the config nobody can say whether it is what was saved.
  const state: FileState = file.kind === 'config' ? 'uploaded' : 'verified'
  try {
    const { body, sums } = await loadWholeFile(cloud, file, undefined, { signal })
    await replaceLocal(local, handle, body, { signal })
    journal.found(handle, file.size, state, sums)
    return true
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof CoreError) || !isLoss(error)) throw error
    // It stays listed: that it cannot be read is for the repository's check to tell, not for us to hide.
    journal.found(handle, file.size, 'uploaded')
    onDamaged?.({ handle, error })
    return false
  }
}
