import type { Cache, Reference, Run } from '../../contract/index.ts'
import type { CacheRow } from '../../database/index.ts'
import {
  isSyncComplete,
  missingOfSync,
  nextSyncWindow,
  offSiteAt,
  openSyncWindow,
  type SyncSpan,
} from '../../policy/index.ts'
import type { CacheHeld } from '../caches/cache-book.ts'
import { cacheWindows } from '../caches/cache-windows.ts'
import { isPaused } from '../caches/is-paused.ts'
import { cacheSettingsOf } from '../caches/vault-cache.ts'
import { instant, instantOrNull } from './instant.ts'

/** What is known of a cache at a moment, for whoever looks at it. */
export interface CacheFacts {
  readonly row: CacheRow
  readonly vault: Reference
  readonly timeZone: string
  readonly now: number
  /** Undefined where it cannot be read, or need not be. */
  readonly held: CacheHeld | undefined
  readonly problem: string | undefined
  readonly bytesFree: number | undefined
  /** The sync that goes on, or waits. */
  readonly sync: Run | undefined
  /** Undefined: as fast as it can, or there is none. */
  readonly syncBytesPerSecond: number | undefined
}

export function cacheDto(facts: CacheFacts): Cache {
  const { row, vault, timeZone, now, held, problem, bytesFree, sync, syncBytesPerSecond } = facts
  const settings = cacheSettingsOf(row)
  const windows = cacheWindows(settings)
  const missing = missingOfSync(windows)
  const isWaiting = isPaused(row, now)
  const waiting = held ? held.local.bytes + held.uploading.bytes : 0
  const complete = isSyncComplete(windows) ? windows : []
  const doneAt = held && waiting > 0 && !isWaiting ? offSiteAt(waiting, complete, timeZone, now) : undefined
  return {
    vault,
    folder: row.folder,
    settings,
    state: stateOf(row, problem, {
      isSyncing: sync?.state === 'running',
      isPaused: isWaiting,
      isIncomplete: missing.length > 0,
    }),
    problem: problem ?? null,
    missing,
    held: held ? heldDto(held) : null,
    bytesFree: bytesFree ?? null,
    pausedAt: isWaiting ? instantOrNull(row.paused_at) : null,
    pausedUntil: isWaiting ? instantOrNull(row.paused_until) : null,
    pausedBy: isWaiting ? row.paused_by : null,
    openWindow: spanDto(openSyncWindow(complete, timeZone, now)),
    nextWindow: spanDto(nextSyncWindow(complete, timeZone, now)),
    offSiteAt: instantOrNull(doneAt),
    syncedAt: instantOrNull(row.synced_at),
    sync: sync ?? null,
    syncBytesPerSecond: syncBytesPerSecond ?? null,
  }
}

function heldDto({ waitingSince: _, damage: __, ...held }: CacheHeld): Cache['held'] {
  return held
}

function stateOf(
  { state }: CacheRow,
  problem: string | undefined,
  is: { readonly isSyncing: boolean; readonly isPaused: boolean; readonly isIncomplete: boolean },
): Cache['state'] {
  if (state === 'left' || state === 'leaving') return 'leaving'
  if (state === 'building') return 'building'
  if (problem !== undefined) return 'unusable'
  if (is.isSyncing) return 'syncing'
  if (is.isPaused) return 'paused'
  return is.isIncomplete ? 'incomplete' : 'ready'
}

function spanDto(span: SyncSpan | undefined): Cache['openWindow'] {
  if (span === undefined) return null
  const { start, end, window } = span
  return { opensAt: instant(start), closesAt: instant(end), bytesPerSecond: window.bytesPerSecond }
}
