import type { Abortable } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { Journal } from '../journal/journal.ts'
import { blockSums } from './block-sums.ts'
import { hasConfig, removeIfThere } from './whole-file.ts'

const CONFIG: Handle = { kind: 'config', name: '' }

/** Does work on a file while nobody else of this process changes it. */
type Alone = (handle: Handle, work: () => Promise<void>) => Promise<void>

/** Finishes what killed processes have begun. Harmless while others are at work: each step is done by whoever comes first. */
export async function mend(journal: Journal, local: Storage, alone: Alone, options: Abortable): Promise<void> {
  journal.tombstones.sweepTwins()
  for (const handle of journal.tombstones.withCopy()) {
    await alone(handle, async () => {
      // Saved again meanwhile, it is not ours to remove.
      if (!journal.files.find(handle)) await removeIfThere(local, handle, options)
      journal.tombstones.copyGone(handle)
    })
  }
  for (const { kind, name } of journal.files.evictedWithCopy()) {
    const handle = { kind, name }
    await alone(handle, async () => {
      if (journal.files.find(handle)?.state === 'evicted') await removeIfThere(local, handle, options)
      journal.files.copyGone(handle)
    })
  }
  // Stored and not journalled, a config would be neither to be opened nor to be made.
  if (!journal.files.find(CONFIG) && (await hasConfig(local, options))) {
    const body = await local.load(CONFIG, options)
    journal.saved(CONFIG, { size: body.byteLength, sums: blockSums(body) })
  }
}
