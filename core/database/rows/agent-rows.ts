import type { Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { nameTaken } from '../name-taken.ts'
import type { AgentTable } from '../tables.ts'

export type AgentRow = Selectable<AgentTable>

/** Those that were not removed, by name. */
export function listAgents(rows: Rows): Promise<AgentRow[]> {
  return rows.selectFrom('agent').selectAll().where('removed_at', 'is', null).orderBy('name').execute()
}

/** One that was not removed. */
export function findAgent(rows: Rows, id: string): Promise<AgentRow | undefined> {
  return rows.selectFrom('agent').selectAll().where('id', '=', id).where('removed_at', 'is', null).executeTakeFirst()
}

/** One that was not removed. */
export function findAgentByName(rows: Rows, name: string): Promise<AgentRow | undefined> {
  return rows
    .selectFrom('agent')
    .selectAll()
    .where('name', '=', name)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
}

/** Throws `object/conflict` where one that was not removed has the name. */
export async function insertAgent(rows: Rows, agent: AgentRow): Promise<void> {
  const [{ numInsertedOrUpdatedRows = 0n } = {}] = await rows
    .insertInto('agent')
    .values(agent)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  if (numInsertedOrUpdatedRows === 0n) throw nameTaken('agent', agent.name)
}

export async function updateAgent(rows: Rows, id: string, change: Updateable<AgentTable>): Promise<void> {
  await rows.updateTable('agent').set(change).where('id', '=', id).execute()
}
