import { CoreError } from '../../base/index.ts'
import type { RestorableFrom } from '../../cloud-cache/index.ts'
import { type CacheRow, type Catalog, findCache, type PointRow, vaultRows } from '../../database/index.ts'
import { isSyncComplete, offSiteAt, type SyncSchedule } from '../../policy/index.ts'
import type { CacheBook, CachedPoints } from './cache-book.ts'
import { cacheWindows } from './cache-windows.ts'
import { cacheSettingsOf, usedCache } from './vault-cache.ts'

/** From where a point can be restored now. Moments are milliseconds since the epoch. */
export interface PointSource {
  readonly from: RestorableFrom
  readonly isOffSite: boolean
  readonly offSiteAt: number | undefined
  /** Bytes; undefined: nobody has looked yet. */
  readonly bytesInCloudOnly: number | undefined
  readonly bytesInCacheOnly: number | undefined
  /** Packs that it needs and nobody has. */
  readonly gaps: number
}

export interface PointSourceTools {
  readonly catalog: Catalog
  readonly cacheBook: CacheBook
  readonly timeZone: string
  readonly now: number
}

/** Says of points where they are (CC-13, CC-14). Undefined where their vault has no cache. */
export function createPointSources({
  catalog: { rows },
  cacheBook,
  timeZone,
  now,
}: PointSourceTools): (point: PointRow) => Promise<PointSource | undefined> {
  const vaults = new Map<string, Promise<VaultPoints | undefined>>()

  async function open(vaultId: string): Promise<VaultPoints | undefined> {
    const vault = await vaultRows.find(rows, vaultId)
    const row = await findCache(rows, vaultId)
    const cache = vault && usedCache(vault, row)
    if (cache === undefined || row === undefined) return undefined
    try {
      return { schedule: scheduleOf(row), points: await cacheBook.points(cache) }
    } catch (error) {
      if (!(error instanceof CoreError)) throw error
      return { schedule: [], points: undefined }
    }
  }

  return async (point) => {
    const opening = vaults.get(point.vault_id) ?? open(point.vault_id)
    vaults.set(point.vault_id, opening)
    const found = await opening
    if (found === undefined) return undefined
    const { points, schedule } = found
    // The catalog remembers what was in the cloud while the cache could be asked.
    if (points === undefined) return awayOf(point)
    return sourceOf(point, points, (bytes) => offSiteAt(bytes, schedule, timeZone, now))
  }
}

interface VaultPoints {
  readonly schedule: SyncSchedule
  /** Undefined: the cache is away. */
  readonly points: CachedPoints | undefined
}

function scheduleOf(row: CacheRow): SyncSchedule {
  const windows = cacheWindows(cacheSettingsOf(row))
  return row.paused_at === null && isSyncComplete(windows) ? windows : []
}

function awayOf({ off_site_at }: PointRow): PointSource {
  return {
    from: off_site_at === null ? 'neither' : 'cloud',
    isOffSite: off_site_at !== null,
    offSiteAt: off_site_at ?? undefined,
    bytesInCloudOnly: undefined,
    bytesInCacheOnly: undefined,
    gaps: 0,
  }
}

function sourceOf(
  { snapshot_id: snapshot, off_site_at }: PointRow,
  points: CachedPoints,
  whenSent: (bytes: number) => number | undefined,
): PointSource {
  const { from, isOffSite, needs, bytesAhead } = points.of(snapshot)
  return {
    from,
    isOffSite,
    offSiteAt: isOffSite ? (off_site_at ?? undefined) : whenSent(bytesAhead),
    bytesInCloudOnly: needs?.inCloudOnly.bytes,
    bytesInCacheOnly: needs?.inCacheOnly.bytes,
    gaps: needs?.gaps ?? 0,
  }
}
