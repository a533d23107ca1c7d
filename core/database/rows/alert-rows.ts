import type { Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { type Page, pageOf, type PageOf } from '../page.ts'
import type { AlertTable, NotificationTable } from '../tables.ts'

export type AlertRow = Selectable<AlertTable>
export type NotificationRow = Selectable<NotificationTable>

export function openAlerts(rows: Rows): Promise<AlertRow[]> {
  return rows.selectFrom('alert').selectAll().where('cleared_at', 'is', null).orderBy('id', 'desc').execute()
}

export function findAlert(rows: Rows, id: string): Promise<AlertRow | undefined> {
  return rows.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst()
}

/** From the newest to the oldest. */
export async function listAlerts(
  rows: Rows,
  phase: 'open' | 'cleared' | undefined,
  { limit, after }: PageOf<string>,
): Promise<Page<AlertRow>> {
  let query = rows
    .selectFrom('alert')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (phase !== undefined) query = query.where('cleared_at', phase === 'open' ? 'is' : 'is not', null)
  if (after !== undefined) query = query.where('id', '<', after)
  return pageOf(await query.execute(), limit)
}

export async function insertAlert(rows: Rows, alert: AlertRow): Promise<void> {
  await rows.insertInto('alert').values(alert).execute()
}

export async function updateAlert(rows: Rows, id: string, change: Updateable<AlertTable>): Promise<void> {
  await rows.updateTable('alert').set(change).where('id', '=', id).execute()
}

export async function saveNotification(rows: Rows, row: NotificationRow): Promise<void> {
  const { state, attempts, next_at, tried_at, last_error } = row
  await rows
    .insertInto('notification')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['alert_id', 'raise', 'event', 'channel'])
        .doUpdateSet({ state, attempts, next_at, tried_at, last_error }),
    )
    .execute()
}

/** Of these alerts, whatever became of them. */
export function notificationsOf(rows: Rows, alertIds: readonly string[]): Promise<NotificationRow[]> {
  return rows.selectFrom('notification').selectAll().where('alert_id', 'in', alertIds).execute()
}

/** Those that wait, and those that were made or tried since. */
export function recentNotifications(rows: Rows, since: number): Promise<NotificationRow[]> {
  return rows
    .selectFrom('notification')
    .selectAll()
    .where((is) => is.or([is('state', '=', 'pending'), is('created_at', '>=', since), is('tried_at', '>=', since)]))
    .orderBy('created_at')
    .execute()
}
