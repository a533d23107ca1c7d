import { forbidden } from './forbidden.ts'
import { mayReach } from './may-reach.ts'
import type { OwnFolders, Reacher } from './reacher.ts'

/**
 * Throws `policy/forbidden` for the first path of a recovery point that somebody may not browse, restore or download with all
 * below it. Links in a recovery point lead nowhere, so the text says it all.
 */
export function assertSourceReach(paths: readonly Uint8Array[], user: Reacher, own: OwnFolders = {}): void {
  for (const path of paths)
    if (!mayReach(path, user, own)) throw forbidden(path, 'is not among what you may see of a recovery point', user)
}
