import type { CacheRow, RunRow } from '../../database/index.ts'
import { isSyncComplete, openSyncWindow } from '../../policy/index.ts'
import { cacheWindows } from '../caches/cache-windows.ts'
import { isPaused } from '../caches/is-paused.ts'
import { cacheSettingsOf } from '../caches/vault-cache.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import { Wanted } from './wanted.ts'

interface SyncLimit {
  readonly sharedAs: string
  /** 0: nothing may be sent any more. */
  readonly bytesPerSecond: number
}

/** How fast a sync may send now; undefined: as fast as can be. */
export function syncLimit(
  run: Pick<RunRow, 'trigger' | 'wanted' | 'queued_at' | 'vault_id'>,
  cache: CacheRow | undefined,
  { current: { timeZone } }: SettingsStore,
  now: number,
): SyncLimit | undefined {
  const limit = (bytesPerSecond: number): SyncLimit => ({ sharedAs: `sync ${run.vault_id}`, bytesPerSecond })
  if (cache === undefined || (isPaused(cache, now) && (cache.paused_at ?? 0) >= run.queued_at)) return limit(0)
  const windows = cacheWindows(cacheSettingsOf(cache))
  const open = isSyncComplete(windows) ? openSyncWindow(windows, timeZone, now)?.window.bytesPerSecond : undefined
  if (run.trigger !== 'manual') return limit(open ?? 0)
  if (!Wanted.sync.parse(JSON.parse(run.wanted)).isLimited) return undefined
  // Where no window is open: as in the slowest of them, for whoever asked may not know what else the line is needed for.
  const slowest = Math.min(...windows.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []))
  return Number.isFinite(slowest) ? limit(open ?? slowest) : undefined
}
