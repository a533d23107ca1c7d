import { formatBytes, formatCounted } from '../../base/index.ts'
import {
  type EvictionPlan,
  executeEviction,
  type NeedingPoint,
  openCacheFolder,
  type OpenedCache,
  planEviction,
  readPackUses,
  tierCapacity,
} from '../../cloud-cache/index.ts'
import { availableWorkers, type Repository } from '../../repository/index.ts'
import { loadSnapshots } from '../../snapshot/index.ts'
import { learnNeeds } from '../../vault/index.ts'
import type { CacheTidyOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { countedProgress } from './counted-progress.ts'
import { withVault } from './open-vault.ts'

/**
 * Finds out which packs each recovery point needs, where nobody has yet or a prune has laid them elsewhere; then makes room:
 * data that the cloud has and no hot point needs goes, what was needed longest ago first.
 */
export async function tidyCache(order: CacheTidyOrder, context: RunContext): Promise<Outcome> {
  const { cache: place } = order.vault
  if (place === undefined) return { ending: 'done', figures: {}, cause: NOTHING }
  using cache = await openCacheFolder(place)
  const { looked, points } = await withVault(order, context, 'read', ({ repository, signal }) =>
    context.step('needs', () => lookAtPoints(repository, cache, order, { ...context, signal })),
  )
  const capacity = await tierCapacity(place, cache)
  const { highMark, lowMark, isWanted } = order
  const uses = readPackUses(cache.journal, points)
  const plan = planEviction(cache.journal, { capacity, highMark, lowMark, isWanted, ...uses })
  const evicted = await context.step('evict', () => {
    const tell = countedProgress(context, 'evict', plan.files.length)
    const { signal } = context
    return executeEviction(plan, { ...cache, signal, onProgress: ({ files }) => tell(files) })
  })
  const figures = { pointsLooked: looked, packsEvicted: evicted.files, bytesEvicted: evicted.bytes }
  if (plan.unknown.length > 0) return { ending: 'warning', figures, cause: unknownNeeds(plan) }
  if (plan.short === 0) return { ending: 'done', figures, cause: tidied(evicted) }
  return {
    ending: 'warning',
    figures,
    cause: {
      code: 'cache-crowded',
      text: `The cache holds ${formatBytes(plan.short)} more than it should, and nothing else may go: hot recovery points need ${formatBytes(plan.keptHot)}, and ${formatBytes(plan.keptUnsent)} are not in the cloud yet.`,
      remedy:
        'Give it more room or faster windows, or keep points hot for fewer days. Where it is full, backups go directly to the cloud.',
    },
  }
}

function unknownNeeds({ unknown }: EvictionPlan): Outcome['cause'] {
  return {
    code: 'needs-unknown',
    text: `Nothing is evicted: nobody could find out what ${formatCounted(unknown.length, 'hot recovery point')} ${unknown.length === 1 ? 'needs' : 'need'}.`,
    remedy: 'Check the vault: it says which recovery points cannot be read, and what to do.',
  }
}

const NOTHING = { code: 'no-cache', text: 'The vault has no cache.' } as const

function tidied({ files, bytes }: { readonly files: number; readonly bytes: number }): Outcome['cause'] {
  if (files === 0) return { code: 'cache-tidy', text: 'There is room enough: nothing was evicted.' }
  return {
    code: 'cache-tidy',
    text: `${formatCounted(files, 'pack')} of ${formatBytes(bytes)} ${files === 1 ? 'is' : 'are'} in the cloud alone now.`,
  }
}

async function lookAtPoints(
  repository: Repository,
  { journal }: OpenedCache,
  order: Pick<CacheTidyOrder, 'hot'>,
  context: RunContext,
): Promise<{ readonly looked: number; readonly points: readonly NeedingPoint[] }> {
  const { signal } = context
  const snapshots = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
  let tell: ((done: number) => void) | undefined
  const { looked } = await learnNeeds(repository, snapshots, journal, {
    workers: availableWorkers(),
    signal,
    onProgress: (done, of) => (tell ??= countedProgress(context, 'needs', of))(done),
  })
  const hot = new Set(order.hot)
  const points = snapshots.map(({ id, time }) => ({
    snapshot: id,
    completed: Number(time.ns / 1_000_000n),
    isHot: hot.has(id),
  }))
  return { looked, points }
}
