import type { Kysely } from 'kysely'

/** Indexes for what is asked again and again: which runs ended long ago, which notifications are to be sent. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('run_ended_at').on('run').column('ended_at').execute()
  await schema.createIndex('notification_created_at').on('notification').column('created_at').execute()
  await schema.createIndex('notification_tried_at').on('notification').column('tried_at').execute()
}
