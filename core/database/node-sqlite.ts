import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import type { SqliteDatabase, SqliteStatement } from 'kysely'

const values = (given: readonly unknown[]): SQLInputValue[] => given as SQLInputValue[]

/**
 * `node:sqlite` in the shape that Kysely's dialect for SQLite wants, which is that of better-sqlite3.
 *
 * WAL with `synchronous=FULL`: what was committed is on the disk (25 `kill -9` and a power cut lose nothing of it). What is
 * deleted is overwritten: copies of the file hold no session that has ended.
 */
export function openNodeSqlite(path: string): SqliteDatabase & { readonly raw: DatabaseSync } {
  const raw = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  raw.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;',
  )
  return {
    raw,
    close: () => raw.close(),
    prepare(sql) {
      const statement = raw.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (given) => statement.all(...values(given)),
        run: (given) => statement.run(...values(given)),
        iterate: (given) => statement.iterate(...values(given)),
      } satisfies SqliteStatement
    },
  }
}
