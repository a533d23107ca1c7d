import { type Abortable, CoreError, type Clock, reasonOf, systemClock } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import { findPacks, unlistedPacks } from '../inventory/find-packs.ts'
import { readInventory } from '../inventory/read-inventory.ts'
import { createProgressMeter, type ProgressMeter } from '../reading/progress.ts'
import { chooseCopies } from './choose-copies.ts'
import { decidePacks } from './decide-packs.ts'
import { markUsed } from './mark-used.ts'
import { packContents } from './pack-contents.ts'
import { createPackUses } from './pack-uses.ts'
import type { PruneLimits } from './prune-limits.ts'
import type { PrunePhase, PruneProgress } from './prune-phase.ts'
import type { PrunePlan } from './prune-plan.ts'
import { sumUp } from './sum-up.ts'

export interface PlanPruneOptions extends Abortable {
  readonly limits: PruneLimits
  readonly workers: number
  /** Snapshots that are planned to be removed. What only they need is not needed. */
  readonly without?: ReadonlySet<string> | undefined
  /** Called some times a second. */
  readonly onProgress?: ((progress: PruneProgress) => void) | undefined
  readonly clock?: Clock | undefined
}

/**
 * Plans what can be removed of a repository. Nothing is changed.
 *
 * Throws `repository/damaged` where anything that may be needed cannot be read or is not there: what cannot be read may
 * need what seems unused. To be carried out under the same exclusive lock.
 */
export async function planPrune(repository: Repository, options: PlanPruneOptions): Promise<PrunePlan> {
  if (repository.config.version < 2) throw oldFormat(repository)
  const { clock = systemClock, onProgress } = options
  const meter = createProgressMeter<PrunePhase>('index', clock, onProgress)
  try {
    return await plan(repository, meter, clock, options)
  } finally {
    meter.stop()
  }
}

async function plan(
  repository: Repository,
  meter: ProgressMeter<PrunePhase>,
  clock: Clock,
  { limits, workers, without, signal }: PlanPruneOptions,
): Promise<PrunePlan> {
  // Snapshots first: what is added meanwhile (a dry run lets others add) then seems unused, and never missing.
  const stored = await loadAllSnapshots(repository, { signal })
  const snapshots = stored.filter(({ id }) => !without?.has(id))
  const inventory = await readInventory(repository, {
    signal,
    withWaiting: true,
    onListed: (files) => meter.begin('index', files),
    onFile: () => meter.add(1),
  })
  const { index, ledger } = inventory
  await findPacks(repository.storage, ledger, { signal })
  const unlisted = unlistedPacks(ledger)
  meter.begin('trees', inventory.trees)
  const { marks, gaps } = await markUsed(repository, snapshots, inventory, {
    workers,
    signal,
    onTrees: (trees) => meter.add(trees),
  })
  const [gap, ...moreGaps] = gaps
  if (gap !== undefined) throw incomplete(repository, gap, moreGaps.length)
  const packs = createPackUses(ledger.listed, packContents(inventory))
  const copies = chooseCopies(index, packs, marks)
  const [lost] = copies.lost
  if (lost !== undefined) {
    const { type, pack } = index.locate(lost)
    const where = `the ${type} blob ${index.idOf(lost).toString('hex', 0, 5)} should be in pack ${ledger.nameOf(pack).slice(0, 10)}, which is missing, damaged or not as its index says`
    throw incomplete(repository, where, copies.lost.length - 1)
  }
  const now = clock.now()
  const decisions = decidePacks(packs, limits, now)
  const summary = sumUp(decisions, unlisted, {
    snapshots: snapshots.length,
    blobs: index.count,
    copies,
    repeatedPacks: inventory.repeated.size,
    grace: limits.grace,
    now,
  })
  const ids = new Set(snapshots.map(({ id }) => id))
  return { summary, snapshots: ids, decisions, unlisted, inventory, marks, limits, now }
}

async function loadAllSnapshots(repository: Repository, { signal }: Abortable): Promise<StoredSnapshot[]> {
  const unreadable: string[] = []
  const snapshots = await loadSnapshots(repository, {
    signal,
    onUnreadable: (id, error) => unreadable.push(`snapshot ${id.slice(0, 10)} cannot be read: ${reasonOf(error)}`),
  })
  signal?.throwIfAborted()
  const [first, ...more] = unreadable
  if (first !== undefined) throw incomplete(repository, first, more.length)
  return snapshots
}

function incomplete({ storage }: Repository, gap: string, more: number): CoreError {
  const others = more > 0 ? ` (and ${more} more like it)` : ''
  return new CoreError('repository/damaged', `Nothing is removed from ${storage.location}: ${gap}${others}.`, {
    safety: 'Nothing was changed. What seems unused may be needed to mend this.',
    remedy: 'Run `holdfast repo check`: it says what is damaged, what that means, and how to mend it.',
  })
}

function oldFormat({ storage }: Repository): CoreError {
  return new CoreError('repository/unsupported', `The repository at ${storage.location} has format 1.`, {
    safety: 'Nothing was changed.',
    remedy: 'Upgrade it once with `restic migrate upgrade_repo_v2`, then prune it.',
  })
}
