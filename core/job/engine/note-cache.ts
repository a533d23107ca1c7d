import { type CacheRow, findCache, removeCache, type RunRow, type Rows, updateCache } from '../../database/index.ts'
import type { Outcome } from '../process/report.ts'

/** Writes down what a run has made of the cache of its vault. */
export async function noteCache(
  rows: Rows,
  { kind, vault_id: id }: Pick<RunRow, 'kind' | 'vault_id'>,
  { ending, cause }: Pick<Outcome, 'ending' | 'cause'>,
  now: number,
): Promise<void> {
  if (ending === 'failed') return
  if (kind === 'cache-build') await updateCache(rows, id, { state: 'ready', bypassed_at: null })
  if (kind === 'sync' && cause?.code !== 'window-closed') await updateCache(rows, id, { synced_at: now })
  if (kind === 'cache-detach') await noteDetached(rows, await findCache(rows, id))
}

/** First the vault does without it, then its files go. */
async function noteDetached(rows: Rows, cache: CacheRow | undefined): Promise<void> {
  if (cache?.state === 'leaving') await updateCache(rows, cache.vault_id, { state: 'left' })
  if (cache?.state === 'left') await removeCache(rows, cache.vault_id)
}
