import type { Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { type Page, pageOf, type PageOf } from '../page.ts'
import type { PointTable } from '../tables.ts'

export type PointRow = Selectable<PointTable>

/** Where a list of points by time goes on. */
export interface PointCursor {
  readonly completedAt: number
  readonly id: string
}

export interface PointFilter {
  readonly setId?: string | undefined
  readonly vaultId?: string | undefined
  /** Completed at this moment or later. */
  readonly from?: number | undefined
  /** Completed before this moment. */
  readonly until?: number | undefined
}

/**
 * Returns the point of that snapshot: this one, or the one that was there already. One that was taken for gone is there again;
 * one that nobody knew the run of is of this one's.
 */
export async function savePoint(rows: Rows, point: PointRow): Promise<PointRow> {
  await rows
    .insertInto('point')
    .values(point)
    .onConflict((conflict) =>
      conflict.columns(['vault_id', 'snapshot_id']).doUpdateSet((is) => ({
        removed_at: null,
        run_id: is.fn.coalesce('point.run_id', 'excluded.run_id'),
        set_id: is.fn.coalesce('point.set_id', 'excluded.set_id'),
      })),
    )
    .execute()
  return rows
    .selectFrom('point')
    .selectAll()
    .where('vault_id', '=', point.vault_id)
    .where('snapshot_id', '=', point.snapshot_id)
    .executeTakeFirstOrThrow()
}

/** So many points are one statement: SQLite takes some 32,000 values. */
const AT_ONCE = 500

/**
 * Notes points that were seen in their vaults at that moment. One that was taken for gone before is there again, and one that
 * was removed since is not.
 */
export async function noteSeenPoints(rows: Rows, points: readonly PointRow[], seenAt: number): Promise<void> {
  for (let at = 0; at < points.length; at += AT_ONCE) {
    await rows
      .insertInto('point')
      .values(points.slice(at, at + AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['vault_id', 'snapshot_id']).doUpdateSet((is) => ({
          removed_at: is
            .case()
            .when('point.removed_at', '>=', seenAt)
            .then(is.ref('point.removed_at'))
            .else(null)
            .end(),
          set_id: is.fn.coalesce('point.set_id', 'excluded.set_id'),
          run_id: is.fn.coalesce('point.run_id', 'excluded.run_id'),
        })),
      )
      .execute()
  }
}

/** Those that were removed, too. */
export function pointsOfRun(rows: Rows, runId: string): Promise<PointRow[]> {
  return rows.selectFrom('point').selectAll().where('run_id', '=', runId).execute()
}

export function findPoint(rows: Rows, id: string): Promise<PointRow | undefined> {
  return rows.selectFrom('point').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Those that are there, from the newest to the oldest. */
export async function listPoints(
  rows: Rows,
  { setId, vaultId, from, until }: PointFilter,
  { limit, after }: PageOf<PointCursor>,
): Promise<Page<PointRow>> {
  let query = rows
    .selectFrom('point')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('completed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (setId !== undefined) query = query.where('set_id', '=', setId)
  if (vaultId !== undefined) query = query.where('vault_id', '=', vaultId)
  if (from !== undefined) query = query.where('completed_at', '>=', from)
  if (until !== undefined) query = query.where('completed_at', '<', until)
  if (after !== undefined) {
    query = query.where((is) =>
      is.or([
        is('completed_at', '<', after.completedAt),
        is.and([is('completed_at', '=', after.completedAt), is('id', '<', after.id)]),
      ]),
    )
  }
  return pageOf(await query.execute(), limit)
}

/** All that a set, or a vault, has, from the oldest to the newest. */
export function allPoints(rows: Rows, of: { readonly setId?: string; readonly vaultId?: string }): Promise<PointRow[]> {
  let query = rows.selectFrom('point').selectAll().where('removed_at', 'is', null).orderBy('completed_at').orderBy('id')
  if (of.setId !== undefined) query = query.where('set_id', '=', of.setId)
  if (of.vaultId !== undefined) query = query.where('vault_id', '=', of.vaultId)
  return query.execute()
}

/** What the points of a vault are of, each as often as it differs: the paths, and by which set they were made. */
export async function rootsOfPoints(
  rows: Rows,
  vaultId: string,
): Promise<{ readonly setId: string | null; readonly roots: readonly string[] }[]> {
  const found = await rows
    .selectFrom('point')
    .select(['set_id', 'roots'])
    .distinct()
    .where('removed_at', 'is', null)
    .where('vault_id', '=', vaultId)
    .execute()
  return found.map(({ set_id, roots }) => ({ setId: set_id, roots: JSON.parse(roots) as string[] }))
}

/** What retention goes by. */
export type Completion = Pick<PointRow, 'id' | 'completed_at' | 'is_complete'>

/** Of all that a set has, from the oldest to the newest. */
export function completionsOf(rows: Rows, setId: string): Promise<Completion[]> {
  return rows
    .selectFrom('point')
    .select(['id', 'completed_at', 'is_complete'])
    .where('removed_at', 'is', null)
    .where('set_id', '=', setId)
    .orderBy('completed_at')
    .orderBy('id')
    .execute()
}

/** Which snapshot each point of a vault is. */
export function snapshotsOfPoints(rows: Rows, vaultId: string): Promise<Pick<PointRow, 'id' | 'snapshot_id'>[]> {
  return rows
    .selectFrom('point')
    .select(['id', 'snapshot_id'])
    .where('removed_at', 'is', null)
    .where('vault_id', '=', vaultId)
    .execute()
}

/** Nobody gets to what a vault holds that is detached. */
export async function removePointsOf(rows: Rows, vaultId: string, removedAt: number): Promise<void> {
  await rows
    .updateTable('point')
    .set({ removed_at: removedAt })
    .where('removed_at', 'is', null)
    .where('vault_id', '=', vaultId)
    .execute()
}

/** What a set, or a vault, has, in numbers. */
export interface PointSums {
  readonly points: number
  readonly newest: number | null
  readonly newestComplete: number | null
}

export async function sumPoints(rows: Rows, by: 'set_id' | 'vault_id'): Promise<ReadonlyMap<string, PointSums>> {
  const found = await rows
    .selectFrom('point')
    .where('removed_at', 'is', null)
    .where(by, 'is not', null)
    .groupBy(by)
    .select((is) => [
      `${by} as of` as const,
      is.fn.countAll<number>().as('points'),
      is.fn.max('completed_at').as('newest'),
      is.fn.max(is.case().when('is_complete', '=', 1).then(is.ref('completed_at')).end()).as('newest_complete'),
    ])
    .execute()
  return new Map(
    found.map(({ of, points, newest, newest_complete }) => [
      of ?? '',
      { points, newest, newestComplete: newest_complete ?? null },
    ]),
  )
}

export async function updatePoints(rows: Rows, ids: readonly string[], change: Updateable<PointTable>): Promise<void> {
  // SQLite takes some 32,000 values at once.
  for (let at = 0; at < ids.length; at += 10_000) {
    await rows
      .updateTable('point')
      .set(change)
      .where('id', 'in', ids.slice(at, at + 10_000))
      .execute()
  }
}

export function newestPointOf(rows: Rows, setId: string): Promise<PointRow | undefined> {
  return rows
    .selectFrom('point')
    .selectAll()
    .where('set_id', '=', setId)
    .where('removed_at', 'is', null)
    .orderBy('completed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Notes that these snapshots of a vault are in the cloud, and that of others the cloud has not all that they need, or not any
 * more. Returns of how many points something else was known.
 */
export async function noteOffSite(
  rows: Rows,
  vaultId: string,
  snapshots: readonly string[],
  now: number,
): Promise<number> {
  const known = await rows
    .selectFrom('point')
    .select('snapshot_id')
    .where('vault_id', '=', vaultId)
    .where('off_site_at', 'is not', null)
    .execute()
  const offSite = new Set(snapshots)
  const lost = known.map(({ snapshot_id }) => snapshot_id).filter((snapshot) => !offSite.has(snapshot))
  let noted = 0
  for (let at = 0; at < lost.length; at += AT_ONCE) {
    const { numUpdatedRows } = await rows
      .updateTable('point')
      .set({ off_site_at: null })
      .where('vault_id', '=', vaultId)
      .where('snapshot_id', 'in', lost.slice(at, at + AT_ONCE))
      .executeTakeFirstOrThrow()
    noted += Number(numUpdatedRows)
  }
  for (let at = 0; at < snapshots.length; at += AT_ONCE) {
    const { numUpdatedRows } = await rows
      .updateTable('point')
      .set({ off_site_at: now })
      .where('vault_id', '=', vaultId)
      .where('off_site_at', 'is', null)
      .where('snapshot_id', 'in', snapshots.slice(at, at + AT_ONCE))
      .executeTakeFirstOrThrow()
    noted += Number(numUpdatedRows)
  }
  return noted
}

/** Of the points of a backup set in one vault: the newest, and the newest of which the cloud behind a cache has all. */
export interface OffSiteSum {
  readonly set_id: string
  readonly vault_id: string
  readonly newest: number
  readonly newest_off_site: number | null
  readonly points: number
  readonly off_site: number
}

export async function sumOffSite(rows: Rows): Promise<OffSiteSum[]> {
  const found = await rows
    .selectFrom('point')
    .where('removed_at', 'is', null)
    .where('set_id', 'is not', null)
    .groupBy(['set_id', 'vault_id'])
    .select((is) => [
      'set_id',
      'vault_id',
      is.fn.max('completed_at').as('newest'),
      is.fn.max(is.case().when('off_site_at', 'is not', null).then(is.ref('completed_at')).end()).as('newest_off_site'),
      is.fn.countAll<number>().as('points'),
      is.fn.count<number>('off_site_at').as('off_site'),
    ])
    .execute()
  return found.flatMap(({ set_id, ...sum }) => (set_id === null ? [] : [Object.assign(sum, { set_id })]))
}
