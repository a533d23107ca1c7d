import type { Selectable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { type Page, pageOf, type PageOf } from '../page.ts'
import type { AuditTable } from '../tables.ts'

export type AuditRow = Selectable<AuditTable>

export async function insertAudit(rows: Rows, entry: AuditRow): Promise<void> {
  await rows.insertInto('audit').values(entry).execute()
}

export interface AuditFilter {
  readonly actor?: string | undefined
  readonly operation?: string | undefined
  /** Not before. Milliseconds since the epoch. */
  readonly from?: number | undefined
  /** Before, not at. Milliseconds since the epoch. */
  readonly until?: number | undefined
}

/** When something was done last that the audit knows of; 0: never. Milliseconds since the epoch. */
export async function lastChange(rows: Rows): Promise<number> {
  const last = await rows
    .selectFrom('audit')
    .select('at')
    .where('outcome', '=', 'done')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.at ?? 0
}

/** From the newest to the oldest. */
export async function listAudit(
  rows: Rows,
  { actor, operation, from, until }: AuditFilter,
  { limit, after }: PageOf<string>,
): Promise<Page<AuditRow>> {
  let query = rows
    .selectFrom('audit')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (operation !== undefined) query = query.where('operation', '=', operation)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (until !== undefined) query = query.where('at', '<', until)
  if (after !== undefined) query = query.where('id', '<', after)
  return pageOf(await query.execute(), limit)
}
