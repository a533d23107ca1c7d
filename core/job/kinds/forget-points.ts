import { type Abortable, formatCounted } from '../../base/index.ts'
import { removeSnapshots, storageTime } from '../../maintenance/index.ts'
import { brakesOf } from '../../policy/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { ForgetOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { clockDoubt } from './clock-doubt.ts'
import { countedProgress } from './counted-progress.ts'
import { withVault } from './open-vault.ts'

/** Removes recovery points. Which ones was decided before; what only they need goes with the next prune. */
export async function forgetPoints(order: ForgetOrder, context: RunContext): Promise<Outcome> {
  const removed: string[] = []
  const failed: string[] = []
  if (order.snapshots.length > 0) {
    await withVault(order, context, 'exclusive', async ({ repository, signal }) => {
      if (!order.isConfirmed) await refuseClock(repository.storage, context.clock.now(), { signal })
      const tell = countedProgress(context, 'remove', order.snapshots.length)
      await context.step('remove', () =>
        removeSnapshots(repository, order.snapshots, {
          signal,
          onRemoved: (id) => tell(removed.push(id)),
          onFailed(id, error) {
            failed.push(id)
            context.log({
              level: 'warning',
              code: 'not-removed',
              message: `It could not be removed, and is there as before: ${error.message}`,
              object: id,
            })
          },
        }),
      )
    })
  }
  return {
    ending: failed.length > 0 ? 'warning' : 'done',
    figures: { pointsRemoved: removed.length },
    removed,
    cause:
      failed.length > 0
        ? {
            code: 'not-removed',
            text: `${formatCounted(failed.length, 'recovery point')} could not be removed; the next run tries again.`,
            remedy: 'Look at the log of this run, and at the rights and the state of the disk that the vault is on.',
          }
        : undefined,
  }
}

/** RET-22: the storage has a clock, too, and has just stored the lock of this run by it. */
async function refuseClock(storage: Storage, now: number, options: Abortable): Promise<void> {
  const stored = await storageTime(storage, ['lock'], options)
  if (stored === undefined) return
  for (const brake of brakesOf({ now, storageTime: stored, points: 0, removed: 0 }))
    if (brake.kind === 'clock') throw clockDoubt(brake, 'recovery points would go by it')
}
