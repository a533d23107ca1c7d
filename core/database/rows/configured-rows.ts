import type { Insertable, Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
import { nameTaken } from '../name-taken.ts'
import type { BackupSetTable, PolicyTable, SourceTable, VaultTable } from '../tables.ts'

export type VaultRow = Selectable<VaultTable>
export type SourceRow = Selectable<SourceTable>
export type PolicyRow = Selectable<PolicyTable>
export type BackupSetRow = Selectable<BackupSetTable>

/** What is configured: what was removed stays as a row, so that runs and points can still say what they were of. */
interface Configured {
  readonly vault: VaultTable
  readonly source: SourceTable
  readonly policy: PolicyTable
  readonly backup_set: BackupSetTable
}

type ConfiguredName = keyof Configured

/** Rows of one kind, as they are asked for everywhere. */
export interface ConfiguredRows<N extends ConfiguredName> {
  /** Those that were not removed, by name. */
  list(rows: Rows): Promise<Selectable<Configured[N]>[]>
  /** Those that were removed, too. */
  all(rows: Rows): Promise<Selectable<Configured[N]>[]>
  /** Also one that was removed. */
  find(rows: Rows, id: string): Promise<Selectable<Configured[N]> | undefined>
  /** One that was not removed. */
  findByName(rows: Rows, name: string): Promise<Selectable<Configured[N]> | undefined>
  /** Throws `object/conflict` where one that was not removed has the name. */
  insert(rows: Rows, row: Insertable<Configured[N]>): Promise<void>
  /** As `insert`. */
  update(rows: Rows, id: string, change: Updateable<Configured[N]>): Promise<void>
}

export const vaultRows = rowsOf('vault', 'vault')
export const sourceRows = rowsOf('source', 'source')
export const policyRows = rowsOf('policy', 'policy')
export const setRows = rowsOf('backup_set', 'backup set')

/** The four tables have `id`, `name` and `removed_at` alike; of more the compiler is not told. */
function rowsOf<N extends ConfiguredName>(name: N, what: string): ConfiguredRows<N> {
  type Row = Selectable<Configured[N]>
  const table = name as 'source'
  return {
    async list(rows) {
      return (await rows
        .selectFrom(table)
        .selectAll()
        .where('removed_at', 'is', null)
        .orderBy('name')
        .execute()) as Row[]
    },
    async all(rows) {
      return (await rows.selectFrom(table).selectAll().execute()) as Row[]
    },
    async find(rows, id) {
      return (await rows.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()) as Row | undefined
    },
    async findByName(rows, wanted) {
      const query = rows.selectFrom(table).selectAll().where('name', '=', wanted).where('removed_at', 'is', null)
      return (await query.executeTakeFirst()) as Row | undefined
    },
    async insert(rows, row) {
      const values = row as unknown as Insertable<SourceTable>
      await unlessTaken(what, values.name, rows.insertInto(table).values(values).execute())
    },
    async update(rows, id, change) {
      const values = change as unknown as Updateable<SourceTable>
      await unlessTaken(what, values.name, rows.updateTable(table).set(values).where('id', '=', id).execute())
    },
  }
}

/** `SQLITE_CONSTRAINT_UNIQUE`. */
const NOT_UNIQUE = 2067

/** Of two that choose a name at once, one has looked before the other had it. */
async function unlessTaken(what: string, name: string | undefined, done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    const isTaken = name !== undefined && (error as { readonly errcode?: unknown }).errcode === NOT_UNIQUE
    throw isTaken ? nameTaken(what, name) : error
  }
}
