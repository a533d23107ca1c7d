import { type Abortable, CoreError } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { PrunePlan } from './prune-plan.ts'

/**
 * Throws `input/invalid` where a snapshot is there whose needs a plan does not count: it was to be removed and could not
 * be, or somebody added it who minds no lock.
 */
export async function assertCounted(
  { storage }: Repository,
  { snapshots }: PrunePlan,
  options: Abortable,
): Promise<void> {
  for await (const { name } of storage.list('snapshot', options)) {
    if (snapshots.has(name)) continue
    throw new CoreError(
      'input/invalid',
      `Nothing is removed from ${storage.location}: snapshot ${name.slice(0, 10)} is there, and what it needs was not looked at.`,
      { safety: 'Nothing was changed.', remedy: 'Run `holdfast repo prune`: it looks at all snapshots anew.' },
    )
  }
}
