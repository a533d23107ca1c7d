import type { VaultFacts } from '../../alert/index.ts'
import { CoreError } from '../../base/index.ts'
import type { CacheRow, VaultRow } from '../../database/index.ts'
import { isSyncComplete } from '../../policy/index.ts'
import type { CacheBook } from '../caches/cache-book.ts'
import { cacheWindows } from '../caches/cache-windows.ts'
import { isPaused } from '../caches/is-paused.ts'
import { cacheSettingsOf, usedCache } from '../caches/vault-cache.ts'

const NO_DAMAGE = { healed: 0, lasting: 0, last: undefined }

/** What alerts about a cache are decided by. */
export async function cacheFacts(
  vault: VaultRow,
  row: CacheRow | undefined,
  cacheBook: CacheBook,
  now: number,
): Promise<VaultFacts['cache']> {
  const cache = usedCache(vault, row)
  if (row === undefined || cache === undefined) return null
  const { folder } = row
  const isComplete = isSyncComplete(cacheWindows(cacheSettingsOf(row)))
  const held = isPaused(row, now) ? 'paused' : isComplete ? null : 'incomplete'
  try {
    const { local, uploading, uploaded, waitingSince, damage } = await cacheBook.held(cache)
    const bytesWaiting = local.bytes + uploading.bytes + uploaded.bytes
    return { folder, problem: null, bytesWaiting, waitingSince: waitingSince ?? null, held, damage }
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    return { folder, problem: error.message, bytesWaiting: 0, waitingSince: null, held, damage: NO_DAMAGE }
  }
}
