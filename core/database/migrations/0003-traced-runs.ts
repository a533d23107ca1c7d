import type { Kysely } from 'kysely'

/**
 * Which executor carried a run out: one that another took over was not done by the proxy that its set is assigned to (NAS-7).
 * Which points a run made: one, unless something went wrong.
 */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('run').addColumn('executor', 'text').execute()
  await schema.createIndex('point_run').on('point').column('run_id').execute()
}
