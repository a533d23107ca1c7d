import type { Kysely } from 'kysely'

/** The CloudCache of a vault, and how long the points of a backup set stay hot in it. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('cache')
    .addColumn('vault_id', 'text', (column) => column.primaryKey().references('vault.id'))
    .addColumn('folder', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('paused_at', 'integer')
    .addColumn('paused_until', 'integer')
    .addColumn('paused_by', 'text')
    .addColumn('synced_at', 'integer')
    .addColumn('bypassed_at', 'integer')
    .execute()
  await schema.alterTable('point').addColumn('off_site_at', 'integer').execute()
  await schema.alterTable('backup_set').addColumn('hot_days', 'integer').execute()
}
