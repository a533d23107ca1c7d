import { statfs } from 'node:fs/promises'

import { formatBytes, formatCounted, isCode } from '../../base/index.ts'
import { evict, openCacheFolder, type OpenedCache, planEviction } from '../../cloud-cache/index.ts'
import { readPackNeeds } from '../../maintenance/index.ts'
import { availableWorkers, type Repository } from '../../repository/index.ts'
import { loadSnapshots } from '../../snapshot/index.ts'
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
  const looked = await withVault(order, context, 'read', ({ repository, signal }) =>
    context.step('needs', () => learnNeeds(repository, cache, { ...context, signal })),
  )
  const capacity = place.capacity ?? (await diskOf(place.folder, cache))
  const hot = packsOf(cache, order.hot)
  const { highMark, lowMark, isWanted } = order
  const plan = planEviction(cache.journal, { capacity, highMark, lowMark, isWanted, hot })
  const evicted = await context.step('evict', async () => {
    const tell = countedProgress(context, 'evict', plan.files.length)
    let files = 0
    let bytes = 0
    for (const file of plan.files) {
      context.signal.throwIfAborted()
      if (!(await evictOne(cache, file, context.signal))) continue
      bytes += file.size
      tell(++files)
    }
    return { files, bytes }
  })
  const figures = { pointsLooked: looked, packsEvicted: evicted.files, bytesEvicted: evicted.bytes }
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

const NOTHING = { code: 'no-cache', text: 'The vault has no cache.' } as const

function tidied({ files, bytes }: { readonly files: number; readonly bytes: number }): Outcome['cause'] {
  if (files === 0) return { code: 'cache-tidy', text: 'There is room enough: nothing was evicted.' }
  return {
    code: 'cache-tidy',
    text: `${formatCounted(files, 'pack')} of ${formatBytes(bytes)} ${files === 1 ? 'is' : 'are'} in the cloud alone now.`,
  }
}

/** Returns how many points were looked at. */
async function learnNeeds(repository: Repository, { journal }: OpenedCache, context: RunContext): Promise<number> {
  const { signal } = context
  const snapshots = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
  const there = new Set(snapshots.map(({ id }) => id))
  for (const known of journal.needs.known()) if (!there.has(known)) journal.needs.forget(known)
  const places = journal.needs.places()
  const wanted = snapshots.filter(({ id }) => journal.needs.isStale(id, places))
  if (wanted.length === 0) return 0
  const needs = await readPackNeeds(repository, { workers: availableWorkers(), signal })
  journal.files.markEvictable(needs.dataPacks)
  const tell = countedProgress(context, 'needs', wanted.length)
  let done = 0
  for (const snapshot of wanted) {
    const { packs, gaps } = await needs.of(snapshot)
    journal.transaction(() => journal.needs.save(snapshot.id, packs, gaps.length))
    tell(++done)
  }
  return wanted.length
}

function packsOf({ journal }: OpenedCache, snapshots: readonly string[]): Set<number> {
  return new Set(snapshots.flatMap((snapshot) => [...(journal.needs.of(snapshot) ?? [])]))
}

/** False: since it was planned somebody has stored it anew, or removed it. */
async function evictOne(cache: OpenedCache, file: Parameters<typeof evict>[1], signal: AbortSignal): Promise<boolean> {
  if (cache.journal.files.find(file)?.state !== 'verified') return false
  try {
    await evict(cache, file, { signal })
    return true
  } catch (error) {
    if (isCode(error, 'internal/defect') && cache.journal.files.find(file)?.state !== 'verified') return false
    throw error
  }
}

/** What its disk has room for, beside what others keep there. */
async function diskOf(folder: string, { journal }: OpenedCache): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize + journal.files.localBytes()
}
