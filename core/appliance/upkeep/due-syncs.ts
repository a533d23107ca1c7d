import { isCode } from '../../base/index.ts'
import { assertCacheThere } from '../../cloud-cache/index.ts'
import { type CacheRow, lastRun, listCaches, type RunRow, vaultRows } from '../../database/index.ts'
import { roomAt } from '../../file-system/index.ts'
import { CAUSES, type RunRequest, type RunState } from '../../job/index.ts'
import { isSyncComplete, nextSyncLook, openSyncWindow } from '../../policy/index.ts'
import type { VaultCache } from '../../vault/index.ts'
import { cacheWindows } from '../caches/cache-windows.ts'
import { isPaused } from '../caches/is-paused.ts'
import { cacheOf, cacheSettingsOf } from '../caches/vault-cache.ts'
import type { DueTools } from './due-tools.ts'

const DONE: readonly RunState[] = ['succeeded', 'warning']
/** Milliseconds. */
const AUDIT_EVERY = 24 * 60 * 60 * 1000

/**
 * What caches want by now: to send what waits, in their windows (CC-3, CC-6), ten minutes after the last look (CC-7); and to be
 * gone, where they are empty.
 */
export function createDueSyncs({
  catalog: { rows },
  settings,
  cacheBook,
  onDefect,
}: DueTools): (now: number, going: readonly RunRow[]) => Promise<RunRequest[]> {
  /** When nothing was found to send. */
  const looked = new Map<string, number>()

  async function wanted(cache: CacheRow, now: number, going: readonly RunRow[]): Promise<RunRequest[]> {
    const ofVault = going.filter(({ vault_id }) => vault_id === cache.vault_id)
    const has = (kind: string): boolean => ofVault.some((run) => run.kind === kind)
    if (cache.state === 'left' && !has('cache-detach')) return [request('cache-detach', cache.vault_id, 10)]
    if (cache.state === 'ready' && cache.bypassed_at !== null) {
      const isBack = !has('cache-build') && (await isUsable(cache))
      return isBack ? [request('cache-build', cache.vault_id, 10)] : []
    }
    if (cache.state !== 'ready') return []
    const tidies =
      !has('cache-tidy') && (await wantsTidying(cache, now)) ? [request('cache-tidy', cache.vault_id, 3)] : []
    const audits =
      !has('cache-audit') && (await wantsAudit(cache, now)) ? [request('cache-audit', cache.vault_id, 3)] : []
    return [...tidies, ...audits, ...(await wantsSync(cache, now, has('sync')))]
  }

  async function wantsSync(cache: CacheRow, now: number, isGoing: boolean): Promise<RunRequest[]> {
    if (isGoing || isPaused(cache, now)) return []
    const windows = cacheWindows(cacheSettingsOf(cache))
    if (!isSyncComplete(windows)) return []
    const span = openSyncWindow(windows, settings.current.timeZone, now)
    if (span === undefined) return []
    const last = await lastRun(rows, { vaultId: cache.vault_id, kind: 'sync' })
    const lastAt = Math.max(last?.ended_at ?? 0, looked.get(cache.vault_id) ?? 0)
    // One that ended in an earlier window, or by a clock that was ahead, says nothing of this one.
    const isOfWindow = lastAt >= span.start && lastAt <= now
    if (isOfWindow && now < (nextSyncLook(span, lastAt) ?? span.end)) return []
    looked.set(cache.vault_id, now)
    return (await waits(cache)) ? [request('sync', cache.vault_id, 1)] : []
  }

  /** Once a day the cloud is held against the journal. One that was begun by a clock that was ahead says nothing. */
  async function wantsAudit({ vault_id, created_at }: CacheRow, now: number): Promise<boolean> {
    const last = await lastRun(rows, { vaultId: vault_id, kind: 'cache-audit' })
    const lastAt = last?.queued_at ?? created_at
    // Who knows what others did there meanwhile.
    const built = last && (await lastRun(rows, { vaultId: vault_id, kind: 'cache-build' }, DONE))
    if (built?.ended_at != null && built.ended_at <= now && built.ended_at > lastAt) return true
    return lastAt > now || now - lastAt >= AUDIT_EVERY
  }

  /** What has ended since makes other points, or lays packs elsewhere; or more is in the cloud, and here is too much. */
  async function wantsTidying(cache: CacheRow, now: number): Promise<boolean> {
    const of = { vaultId: cache.vault_id }
    const before = await lastRun(rows, { ...of, kind: 'cache-tidy' })
    const since = before?.started_at ?? before?.queued_at ?? 0
    const hasEnded = async (kind: string, states: readonly RunState[] = DONE): Promise<boolean> => {
      const last = await lastRun(rows, { ...of, kind }, states)
      return last?.ended_at != null && last.ended_at <= now && last.ended_at > since
    }
    for (const kind of ['backup', 'prune', 'cache-build']) if (await hasEnded(kind)) return true
    // It fails where it found something lost: just then somebody has to look what the points need.
    if (await hasEnded('cache-audit', [...DONE, 'failed'])) return true
    return (await hasEnded('sync')) && (await isCrowded(cache))
  }

  async function isCrowded(cache: CacheRow): Promise<boolean> {
    const vault = await vaultRows.find(rows, cache.vault_id)
    if (!vault) return false
    const { capacityBytes, highMark } = cacheSettingsOf(cache)
    const { local, uploading, uploaded, verified } = await cacheBook.held(cacheOf(vault, cache))
    const held = local.bytes + uploading.bytes + uploaded.bytes + verified.bytes
    const capacity = capacityBytes ?? held + ((await roomAt(cache.folder))?.bytesFree ?? Number.POSITIVE_INFINITY)
    return held > (capacity * highMark) / 100
  }

  async function isUsable(cache: CacheRow): Promise<boolean> {
    const vault = await vaultRows.find(rows, cache.vault_id)
    return vault !== undefined && isThere(cacheOf(vault, cache))
  }

  async function waits(cache: CacheRow): Promise<boolean> {
    const vault = await vaultRows.find(rows, cache.vault_id)
    if (!vault) return false
    const { local, uploading, uploaded, deletions } = await cacheBook.held(cacheOf(vault, cache))
    return local.files + uploading.files + uploaded.files + deletions > 0
  }

  return async (now, going) => {
    const requests: RunRequest[] = []
    for (const cache of await listCaches(rows)) {
      try {
        requests.push(...(await wanted(cache, now, going)))
      } catch (error) {
        // That it is away is told by its state and by an alert.
        if (isCode(error, 'cache/unusable')) continue
        onDefect(error, `what the cache of the vault ${cache.vault_id} asks for`)
      }
    }
    return requests
  }
}

async function isThere(cache: VaultCache): Promise<boolean> {
  try {
    await assertCacheThere(cache)
    return true
  } catch {
    return false
  }
}

function request(kind: string, vaultId: string, mostAttempts: number): RunRequest {
  const isSync = kind === 'sync'
  return {
    kind,
    trigger: isSync ? 'schedule' : 'system',
    cause: isSync ? CAUSES.scheduled : CAUSES.upkeep,
    setId: null,
    sourceId: null,
    vaultId,
    requestedBy: null,
    mostAttempts,
    wanted: {},
  }
}
