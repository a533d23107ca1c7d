import type { Insertable, Selectable, Updateable } from 'kysely'

import type { Rows } from '../catalog.ts'
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
  insert(rows: Rows, row: Insertable<Configured[N]>): Promise<void>
  update(rows: Rows, id: string, change: Updateable<Configured[N]>): Promise<void>
}

export const vaultRows = rowsOf('vault')
export const sourceRows = rowsOf('source')
export const policyRows = rowsOf('policy')
export const setRows = rowsOf('backup_set')

/** The four tables have `id`, `name` and `removed_at` alike; of more the compiler is not told. */
function rowsOf<N extends ConfiguredName>(name: N): ConfiguredRows<N> {
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
      await rows
        .insertInto(table)
        .values(row as unknown as Insertable<SourceTable>)
        .execute()
    },
    async update(rows, id, change) {
      await rows
        .updateTable(table)
        .set(change as unknown as Updateable<SourceTable>)
        .where('id', '=', id)
        .execute()
    },
  }
}
