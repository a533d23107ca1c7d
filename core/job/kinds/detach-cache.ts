import { CoreError, formatBytes } from '../../base/index.ts'
import { Lease, openCacheFolder, removeCacheFolder } from '../../cloud-cache/index.ts'
import { openOwnerNote } from '../../vault/index.ts'
import type { CacheDetachOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { bringAway } from './sync-vault.ts'

/**
 * Takes the cache of a vault away. First all that it holds is brought to the cloud, whatever its windows say; only when the
 * catalog knows that the vault does without it are its files removed, by the next run.
 */
export async function detachCache(order: CacheDetachOrder, context: RunContext): Promise<Outcome> {
  return order.step === 'empty' ? empty(order, context) : remove(order, context)
}

async function empty({ cache, vault, appliance }: CacheDetachOrder, context: RunContext): Promise<Outcome> {
  using opened = await openCacheFolder(cache)
  const outcome = await context.step('sync', () => bringAway(opened, { place: vault.place, appliance }, context))
  if (outcome.ending === 'failed') return outcome
  const { local, uploading, uploaded } = opened.journal.files.totals()
  const left = local.bytes + uploading.bytes + uploaded.bytes
  if (left > 0 || opened.journal.tombstones.count() > 0) throw notEmpty(left)
  using note = openOwnerNote(vault.place)
  await new Lease({ note, journal: opened.journal, appliance }).release(context)
  return {
    ...outcome,
    ending: 'done',
    cause: { code: 'cache-emptied', text: 'All that the cache held is in the cloud.' },
  }
}

async function remove({ cache }: CacheDetachOrder, context: RunContext): Promise<Outcome> {
  const wasThere = await context.step('remove', () => removeCacheFolder(cache))
  return {
    ending: 'done',
    figures: {},
    cause: wasThere
      ? { code: 'cache-removed', text: `The files of the cache in ${cache.folder} were removed.` }
      : { code: 'cache-gone', text: `There was no cache in ${cache.folder} any more.` },
  }
}

function notEmpty(bytes: number): CoreError {
  return new CoreError('object/conflict', `The cache holds ${formatBytes(bytes)} still that the cloud has not got.`, {
    retryable: true,
    safety: 'Nothing was removed.',
    remedy: 'Look at the log of this run. It is tried again.',
  })
}
