import { type Abortable, CoreError, isCode } from '../base/index.ts'
import type { Storage } from './storage.ts'

/**
 * Called with what reading one file failed with. A damaged disk fails to hand out some files; a storage that has gone is
 * no finding about any of them: this rejects where not even the config is to be seen.
 */
export async function assertReachable(storage: Storage, error: unknown, options: Abortable = {}): Promise<void> {
  if (!isCode(error, 'storage/unreachable') && !isCode(error, 'storage/not-found')) return
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (gone) {
    if (!isCode(gone, 'storage/not-found')) throw gone
    throw new CoreError('storage/unreachable', `The repository that was in ${storage.location} is not there any more`, {
      cause: gone,
      safety: 'Nothing in it was changed.',
      remedy: 'See that its disk or share is mounted, and start again: what is finished is not done twice.',
    })
  }
}
