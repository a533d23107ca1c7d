import type { Selectable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { type Page, pageOf, type PageOf } from '../page.ts'
import type { AuditTable } from '../tables.ts'

export type AuditRow = Selectable<AuditTable>

export async function insertAudit(rows: Rows, entry: AuditRow): Promise<void> {
  await rows.insertInto('audit').values(entry).execute()
}

/** From the newest to the oldest. */
export async function listAudit(
  rows: Rows,
  { actor, operation }: { readonly actor?: string | undefined; readonly operation?: string | undefined },
  { limit, after }: PageOf<string>,
): Promise<Page<AuditRow>> {
  let query = rows
    .selectFrom('audit')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (operation !== undefined) query = query.where('operation', '=', operation)
  if (after !== undefined) query = query.where('id', '<', after)
  return pageOf(await query.execute(), limit)
}
