import { type Selectable, sql, type Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { type Page, pageOf, type PageOf } from '../page.ts'
import type { RunEventTable, RunStepTable, RunTable } from '../tables.ts'

export type RunRow = Selectable<RunTable>
export type RunStepRow = Selectable<RunStepTable>
export type RunEventRow = Selectable<RunEventTable>

export interface RunFilter {
  readonly setId?: string | undefined
  readonly vaultId?: string | undefined
  readonly kind?: string | undefined
  /** Any of them. */
  readonly states?: readonly string[] | undefined
}

/** Returns whether it was added: a scheduled time of a backup set makes one run and no more. */
export async function insertRun(rows: Rows, run: RunRow): Promise<boolean> {
  const [{ numInsertedOrUpdatedRows = 0n } = {}] = await rows
    .insertInto('run')
    .values(run)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return numInsertedOrUpdatedRows > 0n
}

export function findRun(rows: Rows, id: string): Promise<RunRow | undefined> {
  return rows.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Those of them that are there: no more than a thousand or so at once. */
export function findRuns(rows: Rows, ids: readonly string[]): Promise<RunRow[]> {
  return rows.selectFrom('run').selectAll().where('id', 'in', ids).execute()
}

/** From the newest to the oldest. */
export async function listRuns(rows: Rows, filter: RunFilter, { limit, after }: PageOf<string>): Promise<Page<RunRow>> {
  let query = rows
    .selectFrom('run')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (filter.setId !== undefined) query = query.where('set_id', '=', filter.setId)
  if (filter.vaultId !== undefined) query = query.where('vault_id', '=', filter.vaultId)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
  if (after !== undefined) query = query.where('id', '<', after)
  return pageOf(await query.execute(), limit)
}

/** All that are in one of these states, in the order in which they were asked for. */
export function runsInStates(rows: Rows, states: readonly string[]): Promise<RunRow[]> {
  return rows.selectFrom('run').selectAll().where('state', 'in', states).orderBy('queued_at').orderBy('id').execute()
}

/** The newest of a kind that have ended since a moment, and not longer ago. */
export function lastEnded(rows: Rows, kind: string, since: number, limit: number): Promise<RunRow[]> {
  return rows
    .selectFrom('run')
    .selectAll()
    .where('kind', '=', kind)
    .where('ended_at', '>=', since)
    .orderBy('ended_at', 'desc')
    .limit(limit)
    .execute()
}

/** Those that have failed and wait for a person's word, in the order in which they were asked for. */
export function unconfirmedRuns(rows: Rows): Promise<RunRow[]> {
  return (
    rows
      .selectFrom('run')
      .selectAll()
      .where('state', '=', 'failed')
      // As text of the query: an index of some rows is not taken for a value that is told later.
      .where('needs_confirmation', '=', sql.lit(1))
      .orderBy('queued_at')
      .orderBy('id')
      .execute()
  )
}

/** The last run of a set, or of a vault, of this kind. */
export function lastRun(
  rows: Rows,
  of: { readonly setId?: string; readonly vaultId?: string; readonly kind: string },
  states?: readonly string[],
): Promise<RunRow | undefined> {
  let query = rows.selectFrom('run').selectAll().where('kind', '=', of.kind).orderBy('id', 'desc').limit(1)
  if (of.setId !== undefined) query = query.where('set_id', '=', of.setId)
  if (of.vaultId !== undefined) query = query.where('vault_id', '=', of.vaultId)
  if (states !== undefined) query = query.where('state', 'in', states)
  return query.executeTakeFirst()
}

export interface RunsAsked {
  readonly kind: string
  readonly trigger?: RunRow['trigger'] | undefined
  /** Any of them. */
  readonly states?: readonly string[] | undefined
  /** Asked for at this moment or later. */
  readonly from?: number | undefined
  /** Asked for before this moment. */
  readonly until?: number | undefined
}

/** Whether there is such a run of a backup set; or of a vault, and of no set. */
export async function hasRun(
  rows: Rows,
  of: { readonly setId: string } | { readonly vaultId: string },
  { kind, trigger, states, from, until }: RunsAsked,
): Promise<boolean> {
  let query = rows.selectFrom('run').select('id').where('kind', '=', kind).limit(1)
  query =
    'setId' in of
      ? query.where('set_id', '=', of.setId)
      : query.where('vault_id', '=', of.vaultId).where('set_id', 'is', null)
  if (trigger !== undefined) query = query.where('trigger', '=', trigger)
  if (states !== undefined) query = query.where('state', 'in', states)
  if (from !== undefined) query = query.where('queued_at', '>=', from)
  if (until !== undefined) query = query.where('queued_at', '<', until)
  return (await query.executeTakeFirst()) !== undefined
}

/** Changes a run that is in this state still, this attempt, and for this cause. Returns it as it is then; undefined where it is not. */
export async function updateRun(
  rows: Rows,
  { id, state, attempt, cause_code }: Pick<RunRow, 'id' | 'state'> & Partial<Pick<RunRow, 'attempt' | 'cause_code'>>,
  change: Updateable<RunTable>,
): Promise<RunRow | undefined> {
  let query = rows.updateTable('run').set(change).where('id', '=', id).where('state', '=', state)
  if (attempt !== undefined) query = query.where('attempt', '=', attempt)
  if (cause_code !== undefined) query = query.where('cause_code', '=', cause_code)
  const { numUpdatedRows } = await query.executeTakeFirstOrThrow()
  return numUpdatedRows === 0n ? undefined : findRun(rows, id)
}

/** Adds a step of a run, or changes how it is. */
export async function saveStep(rows: Rows, step: RunStepRow): Promise<void> {
  await rows
    .insertInto('run_step')
    .values(step)
    .onConflict((conflict) =>
      conflict.columns(['run_id', 'id']).doUpdateSet({ state: step.state, ended_at: step.ended_at }),
    )
    .execute()
}

export function listSteps(rows: Rows, runId: string): Promise<RunStepRow[]> {
  return rows.selectFrom('run_step').selectAll().where('run_id', '=', runId).orderBy('id').execute()
}

/** Steps and missed files are those of the last attempt. */
export async function clearAttempt(rows: Rows, runId: string): Promise<void> {
  await rows.deleteFrom('run_step').where('run_id', '=', runId).execute()
  await rows.deleteFrom('missed_file').where('run_id', '=', runId).execute()
}

export async function addEvent(rows: Rows, event: Omit<RunEventRow, 'id'>): Promise<RunEventRow> {
  return rows.insertInto('run_event').values(event).returningAll().executeTakeFirstOrThrow()
}

/** From the oldest to the newest. */
export async function listEvents(
  rows: Rows,
  runId: string,
  level: RunEventRow['level'] | undefined,
  { limit, after }: PageOf<number>,
): Promise<Page<RunEventRow>> {
  let query = rows
    .selectFrom('run_event')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('id')
    .limit(limit + 1)
  if (level !== undefined) query = query.where('level', '=', level)
  if (after !== undefined) query = query.where('id', '>', after)
  return pageOf(await query.execute(), limit)
}

export interface MissedRow {
  readonly path: string
  readonly kind: string
  readonly reason: string
}

/** `from`: the number of the first of them. */
export async function addMissed(rows: Rows, runId: string, from: number, missed: readonly MissedRow[]): Promise<void> {
  if (missed.length === 0) return
  await rows
    .insertInto('missed_file')
    .values(missed.map(({ path, kind, reason }, index) => ({ run_id: runId, seq: from + index, path, kind, reason })))
    .execute()
}

export async function listMissed(
  rows: Rows,
  runId: string,
  { limit, after }: PageOf<number>,
): Promise<Page<MissedRow & { readonly seq: number }>> {
  let query = rows
    .selectFrom('missed_file')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('seq')
    .limit(limit + 1)
  if (after !== undefined) query = query.where('seq', '>', after)
  return pageOf(await query.execute(), limit)
}

/** Removes what logs hold of runs that ended before. The runs themselves stay. */
export async function removeLogsBefore(rows: Rows, moment: number): Promise<void> {
  const ended = rows.selectFrom('run').select('id').where('ended_at', '<', moment)
  await rows.deleteFrom('run_event').where('at', '<', moment).execute()
  await rows.deleteFrom('run_step').where('run_id', 'in', ended).execute()
  await rows.deleteFrom('missed_file').where('run_id', 'in', ended).execute()
}

/** What is counted of runs that ended. */
export async function runsEndedSince(
  rows: Rows,
  kind: string,
  since: number,
): Promise<readonly { readonly state: string; readonly ended_at: number; readonly result: string | null }[]> {
  const found = await rows
    .selectFrom('run')
    .select(['state', 'ended_at', 'result'])
    .where('ended_at', '>=', since)
    .where('kind', '=', kind)
    .execute()
  return found.map(({ state, ended_at, result }) => ({ state, ended_at: ended_at ?? 0, result }))
}
