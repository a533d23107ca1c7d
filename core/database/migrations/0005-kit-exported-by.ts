import type { Kysely } from 'kysely'

/** Who has exported the recovery kit of a vault last. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('vault').addColumn('kit_exported_by', 'text').execute()
}
