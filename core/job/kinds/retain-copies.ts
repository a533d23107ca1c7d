import { basename } from 'node:path'

import { formatCounted } from '../../base/index.ts'
import { removeSnapshots } from '../../maintenance/index.ts'
import { applyKeepRules } from '../../policy/index.ts'
import type { Repository } from '../../repository/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import type { RunContext } from '../process/run-context.ts'
import { CATALOG_TAG } from './tags.ts'

/** By count alone: so many of the newest, and the newest of each of so many days that have one. */
const KEPT = { last: 10, counts: { daily: 30 } } as const

/**
 * Removes copies of the catalog that newer ones have taken the place of: those of the same vault of the same catalog, which
 * the name of their folder says, and never the one that was made last, whatever time others say that they are of. A clock
 * that is wrong removes no more than a right one, as nobody is asked what time it is.
 *
 * A shared lock is enough: what goes is a document that nothing else names, and nothing of what it needs goes with it.
 * Whoever reads all snapshots meanwhile takes one that has gone for one that was not there. A prune is not at work beside it.
 */
export async function retainCopies(
  repository: Repository,
  { made, folder }: { readonly made: string; readonly folder: string },
  { log, signal }: Pick<RunContext, 'log' | 'signal'>,
): Promise<void> {
  const copies = await loadSnapshots(repository, {
    signal,
    keeps: ({ tags, paths }) =>
      tags.includes(CATALOG_TAG) && paths.length === 1 && basename(paths[0] ?? '') === basename(folder),
    // It stays: who checks the vault is told of it.
    onUnreadable: () => undefined,
  })
  let removed = 0
  await removeSnapshots(repository, copiesToRemove(copies, made), {
    signal,
    onRemoved: () => void removed++,
    onFailed: (id, error) =>
      log({
        level: 'warning',
        code: 'copy-not-removed',
        message: `An old copy of the catalog could not be removed, and stays: ${error.message}`,
        object: id,
      }),
  })
  if (removed > 0)
    log({
      level: 'info',
      code: 'copies-removed',
      message: `${formatCounted(removed, 'old copy', 'old copies')} of the catalog ${removed === 1 ? 'was' : 'were'} removed: newer ones are there.`,
    })
}

/** Returns the ids of those that go. */
export function copiesToRemove(copies: readonly Pick<StoredSnapshot, 'id' | 'time'>[], made: string): string[] {
  const points = copies.map(({ id, time }) => ({ id, made: time.ns, offset: time.offsetMinutes, tags: [] }))
  // The moment matters to rules that none of these is.
  return applyKeepRules(points, KEPT, 0n)
    .filter(({ isKept, point }) => !isKept && point.id !== made)
    .map(({ point }) => point.id)
}
