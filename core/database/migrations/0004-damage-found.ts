import type { Kysely } from 'kysely'

/** Which check found the damage of a vault, and whether only one that reads all data can tell that it is mended. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('vault').addColumn('damage_run_id', 'text').execute()
  await schema
    .alterTable('vault')
    .addColumn('damage_needs_reading', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
