import type { Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import type { PersonTable, SessionTable, TokenTable } from '../tables.ts'

export type PersonRow = Selectable<PersonTable>
export type SessionRow = Selectable<SessionTable>
export type TokenRow = Selectable<TokenTable>

export async function countPersons(rows: Rows): Promise<number> {
  const { count } = await rows
    .selectFrom('person')
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export function listPersons(rows: Rows): Promise<PersonRow[]> {
  return rows.selectFrom('person').selectAll().orderBy('name_key').execute()
}

export function findPerson(rows: Rows, id: string): Promise<PersonRow | undefined> {
  return rows.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst()
}

export function findPersonByName(rows: Rows, nameKey: string): Promise<PersonRow | undefined> {
  return rows.selectFrom('person').selectAll().where('name_key', '=', nameKey).executeTakeFirst()
}

export async function insertPerson(rows: Rows, person: PersonRow): Promise<void> {
  await rows.insertInto('person').values(person).execute()
}

export async function updatePerson(rows: Rows, id: string, change: Updateable<PersonTable>): Promise<void> {
  await rows.updateTable('person').set(change).where('id', '=', id).execute()
}

/** Whether this was the first to come with a code of this step, or of a later one (RFC 6238, 5.2: a code is good once). */
export async function takeTotpStep(rows: Rows, id: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await rows
    .updateTable('person')
    .set({ totp_step: step })
    .where('id', '=', id)
    .where((is) => is.or([is('totp_step', 'is', null), is('totp_step', '<', step)]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** With all of his sessions and tokens. */
export async function removePerson(rows: Rows, id: string): Promise<void> {
  await rows.deleteFrom('person').where('id', '=', id).execute()
}

export async function insertSession(rows: Rows, session: SessionRow): Promise<void> {
  await rows.insertInto('session').values(session).execute()
}

export function findSession(rows: Rows, digest: string): Promise<SessionRow | undefined> {
  return rows.selectFrom('session').selectAll().where('digest', '=', digest).executeTakeFirst()
}

export async function touchSession(rows: Rows, id: string, seenAt: number, expiresAt: number): Promise<void> {
  await rows.updateTable('session').set({ seen_at: seenAt, expires_at: expiresAt }).where('id', '=', id).execute()
}

export async function removeSession(rows: Rows, id: string): Promise<void> {
  await rows.deleteFrom('session').where('id', '=', id).execute()
}

/** All of a person's, but for one that stays. Resolves to how many there were. */
export async function removeSessionsOf(rows: Rows, personId: string, but?: string): Promise<number> {
  let query = rows.deleteFrom('session').where('person_id', '=', personId)
  if (but !== undefined) query = query.where('id', '!=', but)
  const { numDeletedRows } = await query.executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

export function findSessionById(rows: Rows, id: string): Promise<SessionRow | undefined> {
  return rows.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function removeEndedSessions(rows: Rows, now: number): Promise<void> {
  await rows.deleteFrom('session').where('expires_at', '<=', now).execute()
}

export async function insertToken(rows: Rows, token: TokenRow): Promise<void> {
  await rows.insertInto('token').values(token).execute()
}

export function findToken(rows: Rows, digest: string): Promise<TokenRow | undefined> {
  return rows.selectFrom('token').selectAll().where('digest', '=', digest).executeTakeFirst()
}

export function findTokenById(rows: Rows, id: string): Promise<TokenRow | undefined> {
  return rows.selectFrom('token').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Of one person, or all. */
export function listTokens(rows: Rows, personId?: string): Promise<TokenRow[]> {
  let query = rows.selectFrom('token').selectAll().orderBy('id', 'desc')
  if (personId !== undefined) query = query.where('person_id', '=', personId)
  return query.execute()
}

export async function touchToken(rows: Rows, id: string, seenAt: number): Promise<void> {
  await rows.updateTable('token').set({ seen_at: seenAt }).where('id', '=', id).execute()
}

/** All of a person's, but for one that stays. Resolves to their ids. */
export async function removeTokensOf(rows: Rows, personId: string, but?: string): Promise<string[]> {
  let query = rows.deleteFrom('token').where('person_id', '=', personId).returning('id')
  if (but !== undefined) query = query.where('id', '!=', but)
  return (await query.execute()).map(({ id }) => id)
}

export async function removeToken(rows: Rows, id: string): Promise<void> {
  await rows.deleteFrom('token').where('id', '=', id).execute()
}
