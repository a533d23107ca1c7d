import { CoreError } from '../../../base/index.ts'
import type { RepoOptions } from './repo-options.ts'

/** For commands that read without a lock where nothing is to be changed, and never change anything without. */
export function refuseNoLock({
  lock,
  dryRun = false,
}: Pick<RepoOptions, 'lock'> & { readonly dryRun?: boolean }): void {
  if (lock !== false || dryRun) return
  throw new CoreError('input/invalid', '--no-lock was given without --dry-run.', {
    safety: 'Nothing was changed.',
    remedy: 'Give both, or neither: nothing is changed in a repository that is not locked.',
  })
}
