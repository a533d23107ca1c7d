import { backUp, startArchiveThreads } from '../../archiver/index.ts'
import { availableWorkers, ownIdentity } from '../../repository/index.ts'
import { createFileServerSource } from '../../source/index.ts'
import type { CatalogBackupOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { backupProgress } from './backup-progress.ts'
import { withVault } from './open-vault.ts'
import { orWithoutCache } from './or-without-cache.ts'
import { retainCopies } from './retain-copies.ts'
import { CATALOG_TAG, RUN_TAG } from './tags.ts'

/** Stores a copy of the catalog in a vault, as a snapshot of its own that is no recovery point; old ones go. */
export function backUpCatalog(order: CatalogBackupOrder, context: RunContext): Promise<Outcome> {
  return orWithoutCache(order, context, (wanted) => storeCopy(wanted, context))
}

async function storeCopy(order: CatalogBackupOrder, context: RunContext): Promise<Outcome> {
  const workers = 1
  const threads = startArchiveThreads(Math.min(workers, availableWorkers()))
  try {
    return await withVault(
      order,
      context,
      'shared',
      async ({ repository, signal, presentPacks }) => {
        const { hostname, username, uid, gid } = ownIdentity()
        const result = await context.step('store', () =>
          backUp(repository, repository.loadIndex({ purpose: 'refer', signal, presentPacks }), {
            source: createFileServerSource({ kind: 'file-server', roots: [Buffer.from(order.folder)], selection: {} }),
            identity: {
              hostname,
              username,
              uid,
              gid,
              tags: [CATALOG_TAG, `${RUN_TAG}${order.runId}`],
              programVersion: order.programVersion,
            },
            excludes: [],
            parent: 'newest',
            detection: { ctime: true, inode: true },
            missed: 'retry-at-end',
            estimate: false,
            dryRun: false,
            workers,
            threads,
            level: 'default',
            beforeSnapshot: context.mayWrite,
            onProgress: backupProgress(context, 'store'),
            signal,
          }),
        )
        const { missedCount, bytesAdded, bytesStored, snapshot: made } = result
        // One that is not whole takes the place of none.
        if (missedCount === 0 && made !== undefined)
          await context.step('retain', () =>
            retainCopies(repository, { made, folder: order.folder }, { log: context.log, signal }),
          )
        return {
          ending: missedCount > 0 ? 'failed' : 'done',
          figures: { filesMissed: missedCount, bytesAdded, bytesStored },
          cause: missedCount > 0 ? NOT_READ : undefined,
        } satisfies Outcome
      },
      { listPacks: true, laneMixer: threads.laneMixer },
    )
  } finally {
    await threads.end()
  }
}

const NOT_READ = {
  code: 'catalog-unread',
  text: 'The copy of the catalog could not be read, so the vault has no new one.',
  remedy: 'Look at the rights and the free room of the data folder.',
} as const
