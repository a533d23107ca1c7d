import type { Kysely } from 'kysely'

/** What it takes to get into the place of a vault, sealed: an access key of S3. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('vault').addColumn('access_sealed', 'text').execute()
}
