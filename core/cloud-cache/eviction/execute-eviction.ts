import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Journal } from '../journal/journal.ts'
import { evictUnchanged } from '../tiers/evict.ts'
import type { EvictionPlan } from './eviction-plan.ts'

export interface EvictionOptions extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  /** Told after each file. */
  readonly onProgress?: ((done: EvictionDone) => void) | undefined
}

export interface EvictionDone {
  readonly files: number
  readonly bytes: number
  /** Since they were planned they were read, stored again or removed, or the cloud has lost them: they stay. */
  readonly passedOver: number
}

/**
 * Carries a plan out, however old it is. Backups and restores may go on meanwhile: whoever reads a pack that goes gets it
 * from the cloud, and what refers to it anew can do so, as the cloud has it. Broken off, what was done stays done.
 */
export async function executeEviction(
  { files }: Pick<EvictionPlan, 'files'>,
  { journal, local, onProgress, signal }: EvictionOptions,
): Promise<EvictionDone> {
  let done: EvictionDone = { files: 0, bytes: 0, passedOver: 0 }
  for (const file of files) {
    signal?.throwIfAborted()
    done = (await evictUnchanged({ journal, local }, file))
      ? { ...done, files: done.files + 1, bytes: done.bytes + file.size }
      : { ...done, passedOver: done.passedOver + 1 }
    onProgress?.(done)
  }
  return done
}
