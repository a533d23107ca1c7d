import { backup, DatabaseSync } from 'node:sqlite'

import { Kysely, sql, SqliteAdapter, SqliteDialect, type Transaction } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'

import { CoreError, reasonOf } from '../base/index.ts'
import { MIGRATIONS, type Migrations } from './migrations/migrations.ts'
import { openNodeSqlite, type Writes } from './node-sqlite.ts'
import { refusalOf } from './refusal.ts'
import type { Tables } from './tables.ts'

/** The catalog, or a transaction of it: rows are read and written through either. */
export type Rows = Kysely<Tables> | Transaction<Tables>

/** The appliance's database: what is configured, what ran, which recovery points there are. */
export interface Catalog {
  readonly rows: Kysely<Tables>
  /** All that `work` writes is there when this resolves, or nothing of it. */
  transaction<T>(work: (rows: Transaction<Tables>) => Promise<T>): Promise<T>
  /** What became of what was written so far. */
  writes(): Writes
  /** Writes a copy of the whole catalog, as of one moment, to a file that must not be there. */
  copyTo(path: string): Promise<void>
  close(): Promise<void>
}

export interface CatalogOptions {
  readonly migrations?: Migrations
  /** Told of the first write that is refused, though nothing is wrong with it, since the last that was not. */
  readonly onRefused?: (error: CoreError) => void
}

/**
 * Opens the catalog in a file, makes it where there is none, and brings it to the newest form.
 *
 * @throws CoreError `catalog/newer` where a later version of Holdfast has written it, `catalog/damaged` where it cannot
 *   be read as a catalog, and others where its disk is full, say, or another program has locked it.
 */
export async function openCatalog(
  path: string,
  { migrations = MIGRATIONS, onRefused }: CatalogOptions = {},
): Promise<Catalog> {
  const database = openDatabase(path, onRefused)
  const rows = new Kysely<Tables>({ dialect: new AllOrNothing({ database }) })
  try {
    await migrate(rows, path, migrations)
  } catch (error) {
    await rows.destroy()
    throw error
  }
  return {
    rows,
    writes: database.writes,
    transaction: (work) => rows.transaction().execute(work),
    async copyTo(copy) {
      // By a connection of its own, in one step, on another thread: it is one state, and holds nobody up.
      const from = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
      try {
        await backup(from, copy, { rate: ALL_PAGES })
      } catch (error) {
        throw refusalOf(error, 'copied') ?? error
      } finally {
        from.close()
      }
    },
    close: () => rows.destroy(),
  }
}

const ALL_PAGES = 2 ** 31 - 1

/** SQLite changes tables in transactions, too, and Kysely only has to know: a migration is whole, or it never was. */
class AllOrNothing extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true
      }
    })()
  }
}

function openDatabase(path: string, onRefused: CatalogOptions['onRefused']): ReturnType<typeof openNodeSqlite> {
  try {
    return openNodeSqlite(path, { onRefused })
  } catch (error) {
    throw unopened(path, error)
  }
}

async function migrate(rows: Kysely<Tables>, path: string, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({ db: rows, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } })
  const done = await executedMigrations(rows, path)
  if (done.some((name) => migrations[name] === undefined)) throw newer(path)
  if (done.length === Object.keys(migrations).length) return
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw unopened(path, error)
}

/** The names of what was done so far: none of a new file. The table is Kysely's own. */
async function executedMigrations(rows: Kysely<Tables>, path: string): Promise<string[]> {
  try {
    const tables = await rows.introspection.getTables({ withInternalKyselyTables: true })
    if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return []
    const { rows: found } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(
      rows,
    )
    return found.map(({ name }) => name)
  } catch (error) {
    throw unopened(path, error)
  }
}

/** A catalog that is locked, or whose disk is full, is none that has to be built anew. */
function unopened(path: string, error: unknown): CoreError {
  const refusal = error instanceof CoreError ? error : refusalOf(error, 'opened')
  return refusal === undefined || refusal.code === 'catalog/damaged' ? damaged(path, refusal?.cause ?? error) : refusal
}

export function newer(path: string): CoreError {
  return new CoreError('catalog/newer', `The catalog ${path} was written by a newer version of Holdfast.`, {
    safety: 'Nothing was changed. Recovery points in vaults are safe.',
    remedy: 'Start the version that wrote it, or a newer one.',
  })
}

export function damaged(path: string, cause: unknown): CoreError {
  return new CoreError('catalog/damaged', `The catalog ${path} cannot be used: ${reasonOf(cause)}.`, {
    cause,
    safety: 'Recovery points in vaults are safe: they do not need the catalog.',
    remedy:
      'Look for a full or failing disk. Keep a copy of the file; then put it aside, and build the catalog anew from a vault: `holdfast rebuild-catalog`.',
  })
}
