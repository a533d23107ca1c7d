import { askEvictionPreview, type EvictionPreview } from '../../cloud-cache/index.ts'
import type { CacheSettings } from '../../contract/index.ts'
import { allPoints, type PointRow, type Rows } from '../../database/index.ts'
import type { VaultCache } from '../../vault/index.ts'
import { hotSnapshots } from './hot-snapshots.ts'

interface Previewed {
  readonly vaultId: string
  readonly cache: VaultCache
  readonly settings: Pick<CacheSettings, 'highMark' | 'lowMark' | 'hotDays'>
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What would go, with the points that it touches as the catalog knows them: the newest first. */
export interface PreviewedEviction {
  readonly preview: EvictionPreview
  readonly touched: readonly { readonly point: PointRow; readonly bytes: number }[]
}

/** What a run would evict now that somebody asked for, by what the catalog and the journal know. Rejects as the cache does. */
export async function evictionPreview(
  rows: Rows,
  { vaultId, cache, settings, now }: Previewed,
): Promise<PreviewedEviction> {
  const { highMark, lowMark, hotDays } = settings
  const hot = new Set(await hotSnapshots(rows, vaultId, hotDays, now))
  const known = new Map((await allPoints(rows, { vaultId })).map((point) => [point.snapshot_id, point]))
  const points = [...known.values()].map(({ snapshot_id: snapshot, completed_at: completed }) => ({
    snapshot,
    completed,
    isHot: hot.has(snapshot),
  }))
  const preview = await askEvictionPreview({ place: cache, points, marks: { highMark, lowMark } })
  const touched = preview.points.flatMap(({ snapshot, bytes }) => {
    const point = known.get(snapshot)
    return point === undefined ? [] : [{ point, bytes }]
  })
  return {
    preview,
    touched: touched.toSorted((one, other) => other.point.completed_at - one.point.completed_at),
  }
}
