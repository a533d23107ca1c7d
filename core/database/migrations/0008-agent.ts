import { type Kysely, sql } from 'kysely'

/** restic clients elsewhere that use a vault through the vault door. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('agent')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('vault_id', 'text', (column) => column.notNull().references('vault.id'))
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('quota_bytes', 'integer')
    .addColumn('bytes_per_second', 'integer')
    .addColumn('overdue_hours', 'integer')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('removed_at', 'integer')
    .addColumn('seen_at', 'integer')
    .addColumn('snapshot_at', 'integer')
    .execute()
  await schema
    .createIndex('agent_name')
    .on('agent')
    .column('name')
    .unique()
    .where(sql.ref('removed_at'), 'is', null)
    .execute()
}
