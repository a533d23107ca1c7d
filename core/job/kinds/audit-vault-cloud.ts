import { CoreError, formatBytes, formatCounted } from '../../base/index.ts'
import { auditCloud, type AuditReport, Lease, openCacheFolder, type OpenedCache } from '../../cloud-cache/index.ts'
import { packsGone, planIndexRepair, repairIndex } from '../../maintenance/index.ts'
import { describeHandle } from '../../storage/index.ts'
import { openOwnerNote, openPlace } from '../../vault/index.ts'
import type { CacheAuditOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { countedProgress } from './counted-progress.ts'
import { foreignWriter } from './foreign-writer.ts'
import { withVault } from './open-vault.ts'

/** So many files and points are named in the log. */
const MOST_NAMED = 100

/**
 * Looks whether the cloud still has all that it should have, and names the recovery points that are hurt where it has not.
 * What the cache has is sent again by the next sync; what nobody has leaves the indexes, so that no backup refers to it.
 */
export async function auditVaultCloud(order: CacheAuditOrder, context: RunContext): Promise<Outcome> {
  const { cache: folder, place } = order.vault
  if (folder === undefined) return { ending: 'done', figures: {}, cause: NOTHING }
  using cache = await openCacheFolder(folder)
  using note = openOwnerNote(place)
  await new Lease({ note, journal: cache.journal, appliance: order.appliance }).hold(context)
  using cloud = openPlace(place)
  const report = await context.step('list', () => {
    const { verified, evicted } = cache.journal.files.totals()
    const tell = countedProgress(context, 'list', verified.files + evicted.files)
    let listed = 0
    return auditCloud({
      journal: cache.journal,
      cloud: cloud.storage,
      signal: context.signal,
      onListed: () => tell(++listed),
    })
  })
  tellReport(report, context)
  const isLacking = report.lost.length > 0 || cache.journal.needs.lacking().length > 0
  if (isLacking) await context.step('index', () => forgetLost(order, context))
  return outcomeOf(report, cache)
}

const NOTHING = { code: 'no-cache', text: 'The vault has no cache.' } as const

function tellReport({ toSend, lost, hurt }: AuditReport, { log }: RunContext): void {
  for (const file of lost.slice(0, MOST_NAMED))
    log({
      level: 'error',
      code: 'cloud-lost',
      message: 'The cloud alone had this file, and has it no more.',
      object: describeHandle(file),
    })
  for (const file of toSend.slice(0, MOST_NAMED))
    log({
      level: 'warning',
      code: 'cloud-healing',
      message: 'The cloud has this file no more. The cache has it: it is sent again.',
      object: describeHandle(file),
    })
  for (const { snapshot, isLost } of hurt.slice(0, MOST_NAMED))
    log({
      level: isLost ? 'error' : 'warning',
      code: isLost ? 'point-lost' : 'point-hurt',
      message: isLost
        ? 'This recovery point needs what nobody has any more: it cannot be restored whole.'
        : 'This recovery point can be restored from the cache alone until what the cloud lacks is sent again.',
      object: snapshot,
    })
}

/** Where somebody else is at work in the vault it is left to the next time: this appliance refers to nothing of it all the same. */
async function forgetLost(order: CacheAuditOrder, context: RunContext): Promise<void> {
  const { log } = context
  try {
    await withVault(order, context, 'exclusive', async ({ repository, signal }) => {
      const plan = await planIndexRepair(repository, { readAll: false, signal })
      const gone = packsGone(plan)
      if (gone && gone.packs > 1) {
        log({
          level: 'error',
          code: 'index-kept',
          message: `The index stays as it is, as ${gone.words}. ${gone.remedy}`,
        })
        return
      }
      if (plan.missing.length === 0) return
      const { packsForgotten } = await repairIndex(
        repository,
        // Only what is lost: anything else is for a check to tell.
        { ...plan, unreadable: [], toRead: [] },
        { signal, onUnreadable: () => undefined, onKept: () => undefined, onFailed: () => undefined },
      )
      log({
        level: 'warning',
        code: 'index-mended',
        message: `${formatCounted(packsForgotten, 'pack')} that nobody has left the index: what they held is stored again by the next backup of it.`,
      })
    })
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof CoreError)) throw error
    log({
      level: 'warning',
      code: 'index-kept',
      message: `The index still names what was lost: ${error.message}. It is tried again with the next look at the cloud.`,
    })
  }
}

function outcomeOf({ there, toSend, lost, foreign }: AuditReport, { journal }: OpenedCache): Outcome {
  const lacking = journal.needs.lacking().length
  const figures = { damages: lost.length + toSend.length }
  if (lost.length > 0 || lacking > 0) {
    return {
      ending: 'failed',
      figures,
      cause: {
        code: 'cloud-lost',
        text:
          lost.length > 0
            ? `${formatCounted(lost.length, 'file')} that the cloud alone had ${lost.length === 1 ? 'is' : 'are'} gone. The log of this run names the recovery points that need them.`
            : `${formatCounted(lacking, 'recovery point')} cannot be restored whole: what the cloud alone had is gone.`,
        remedy:
          'Find out who removes files in the bucket, and whether its provider keeps versions of them. Back up now: what the machines still have is stored again.',
      },
    }
  }
  if (toSend.length > 0) {
    const bytes = toSend.reduce((sum, { size }) => sum + size, 0)
    return {
      ending: 'warning',
      figures,
      cause: {
        code: 'cloud-healing',
        text: `${formatCounted(toSend.length, 'file')} of ${formatBytes(bytes)} ${toSend.length === 1 ? 'was' : 'were'} gone from the cloud. The cache has ${toSend.length === 1 ? 'it' : 'them'}, and sends ${toSend.length === 1 ? 'it' : 'them'} again.`,
        remedy: 'Find out who removes files in the bucket. Until they are sent again, keep the cache.',
      },
    }
  }
  if (foreign.length > 0) return { ending: 'warning', figures, cause: foreignWriter(foreign.length) }
  return {
    ending: 'done',
    figures,
    cause: {
      code: 'cloud-agrees',
      text: `The cloud has all ${formatCounted(there, 'file')} that it should have.`,
    },
  }
}
