import { type Abortable, CoreError, formatBytes, formatCounted } from '../../base/index.ts'
import { refuseOwned } from '../../cloud-cache/index.ts'
import {
  DEFAULT_LIMITS,
  doubtGraces,
  executePrune,
  isIdle,
  planPrune,
  type PrunePlan,
  storageTime,
} from '../../maintenance/index.ts'
import { availableWorkers, type Repository } from '../../repository/index.ts'
import { loadSnapshots } from '../../snapshot/index.ts'
import type { Storage } from '../../storage/index.ts'
import { openOwnerNote } from '../../vault/index.ts'
import type { PruneOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { clockDoubt } from './clock-doubt.ts'
import { maintenanceProgress } from './maintenance-progress.ts'
import { withVault } from './open-vault.ts'
import { CATALOG_TAG } from './tags.ts'

/** Removes from a vault what no recovery point needs. The plan is told in the log before it is carried out. */
export async function pruneVault(order: PruneOrder, context: RunContext): Promise<Outcome> {
  if (order.vault.cache === undefined) await refuseOthers(order, context)
  return withVault(order, context, 'exclusive', async ({ repository, signal }) => {
    const workers = availableWorkers()
    const onProgress = maintenanceProgress(context)
    const limits = { ...DEFAULT_LIMITS, grace: order.graceSeconds * 1000 }
    const plan = await context.step('plan', () => planPrune(repository, { limits, workers, onProgress, signal }))
    if (!order.isConfirmed) {
      await refuseAll(plan, repository, { signal })
      await refuseGraces(plan, repository.storage, order, { signal })
    }
    tellPlan(plan, context)
    if (isIdle(plan)) return { ending: 'done', figures: { packsRemoved: 0, bytesFreed: 0 }, cause: IDLE }
    let spared = 0
    const done = await context.step('prune', () =>
      executePrune(repository, plan, {
        workers,
        onProgress,
        signal,
        onSpared(pack, reason) {
          spared++
          warn(context, 'pack-unreadable', `Something in this pack cannot be read, so it stays: ${reason}`, pack)
        },
        onReplaced: (pack, reason) =>
          warn(context, 'pack-replaced', `Something in this pack cannot be read (${reason}); others have it.`, pack),
        onFailed: (pack, error) =>
          warn(context, 'pack-left', `Nothing needs this pack, and it could not be removed: ${error.message}`, pack),
      }),
    )
    return {
      ending: spared > 0 ? 'warning' : 'done',
      figures: {
        packsRemoved: done.packsRemoved,
        bytesFreed: Math.max(0, done.bytesRemoved - done.bytesWritten),
      },
      cause: spared > 0 ? DAMAGED : undefined,
    }
  })
}

async function refuseOthers({ vault, appliance }: PruneOrder, context: RunContext): Promise<void> {
  using note = openOwnerNote(vault.place)
  await refuseOwned(note, appliance, context)
}

const IDLE = { code: 'nothing-to-do', text: 'Nothing was to be removed.' } as const
const DAMAGED = {
  code: 'packs-unreadable',
  text: 'Something in the vault could not be read; what needs it stays as it is.',
  remedy: 'Check the vault with all of its data: it says what is damaged, and what can still be restored.',
} as const

function warn({ log }: RunContext, code: string, message: string, object: string): void {
  log({ level: 'warning', code, message, object })
}

function tellPlan(
  { summary: { remove, due, unlisted, waiting, bytesBefore, bytesAfter } }: PrunePlan,
  { log }: RunContext,
): void {
  log({
    level: 'info',
    code: 'plan',
    message:
      `Nothing needs ${formatCounted(remove.packs, 'pack')} of ${formatBytes(remove.bytes)}; ` +
      `${formatCounted(due.packs, 'pack')} waited long enough, ${formatCounted(waiting.packs, 'pack')} wait still, ` +
      `${formatCounted(unlisted.packs, 'pack')} no index lists. The vault goes from ${formatBytes(bytesBefore)} to about ${formatBytes(bytesAfter)}.`,
  })
}

/**
 * Where there is no recovery point nothing is needed. Whoever lost them must not lose the rest with them. The appliance's own
 * copies of its catalog are none.
 */
async function refuseAll(
  { summary: { remove, unlisted, due } }: PrunePlan,
  repository: Repository,
  options: Abortable,
): Promise<void> {
  const packs = remove.packs + unlisted.packs + due.packs
  if (packs === 0 || (await hasPoint(repository, options))) return
  throw new CoreError(
    'policy/unconfirmed',
    `There is no recovery point in this vault, so all ${formatCounted(packs, 'pack')} would go.`,
    {
      safety: 'Nothing was removed.',
      remedy:
        'If there were recovery points, find out where they went before anything else. If all of it is to go, confirm it.',
    },
  )
}

async function hasPoint(repository: Repository, { signal }: Abortable): Promise<boolean> {
  let found = false
  await loadSnapshots(repository, {
    signal,
    // None of them is held on to.
    keeps({ tags }) {
      found ||= !tags.includes(CATALOG_TAG)
      return false
    },
  })
  return found
}

/** RET-22: what was promised to a person ends by the calendar, and a clock that is wrong is no calendar. */
async function refuseGraces(
  plan: PrunePlan,
  storage: Storage,
  { clocks }: PruneOrder,
  options: Abortable,
): Promise<void> {
  const doubt = await doubtGraces(plan, async () => ({
    ...clocks,
    storageTime: await storageTime(storage, ['lock', 'index'], options),
  }))
  if (!doubt) return
  const { packs, bytes } = doubt.packs
  throw clockDoubt(
    doubt.brake,
    `the grace of ${formatCounted(packs, 'pack')} of ${formatBytes(bytes)} would end too early`,
  )
}
