import type { Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import type { CacheTable } from '../tables.ts'

export type CacheRow = Selectable<CacheTable>

export function listCaches(rows: Rows): Promise<CacheRow[]> {
  return rows.selectFrom('cache').selectAll().orderBy('created_at').execute()
}

export function findCache(rows: Rows, vaultId: string): Promise<CacheRow | undefined> {
  return rows.selectFrom('cache').selectAll().where('vault_id', '=', vaultId).executeTakeFirst()
}

/** False: the vault has a cache already. */
export async function insertCache(rows: Rows, cache: CacheRow): Promise<boolean> {
  const [{ numInsertedOrUpdatedRows = 0n } = {}] = await rows
    .insertInto('cache')
    .values(cache)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return numInsertedOrUpdatedRows > 0n
}

export async function updateCache(rows: Rows, vaultId: string, change: Updateable<CacheTable>): Promise<void> {
  await rows.updateTable('cache').set(change).where('vault_id', '=', vaultId).execute()
}

export async function removeCache(rows: Rows, vaultId: string): Promise<void> {
  await rows.deleteFrom('cache').where('vault_id', '=', vaultId).execute()
}
