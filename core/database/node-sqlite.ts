import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** What became of what was written. */
export interface Writes {
  /** How often something was written. */
  readonly done: number
  /** The last write failed, and not by what it wanted to write: the disk is full, say, or somebody else has locked the file. */
  readonly isRefused: boolean
}

/** What begins and takes back a transaction has written nothing. */
const FRAMES = /^\s*(?:begin|rollback)\b/i

/** Busy, locked, read-only, input or output failed, corrupt, full, cannot be opened, no database (sqlite.org/rescode.html). */
const REFUSALS: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26])

function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  // The lowest byte says what it is, the others say more of it.
  return REFUSALS.has(code & 0xff)
}

const values = (given: readonly unknown[]): SQLInputValue[] => given as SQLInputValue[]

/**
 * `node:sqlite` in the shape that Kysely's dialect for SQLite wants, which is that of better-sqlite3.
 *
 * WAL with `synchronous=FULL`: what was committed is on the disk (25 `kill -9` and a power cut lose nothing of it). What is
 * deleted is overwritten: copies of the file hold no session that has ended.
 */
export function openNodeSqlite(path: string): SqliteDatabase & {
  readonly raw: DatabaseSync
  readonly writes: () => Writes
} {
  const raw = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  raw.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;',
  )
  let done = 0
  let isRefused = false
  return {
    raw,
    writes: () => ({ done, isRefused }),
    close: () => raw.close(),
    prepare(sql) {
      const statement = raw.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (given) => statement.all(...values(given)),
        run(given) {
          try {
            const result = statement.run(...values(given))
            if (!FRAMES.test(sql)) {
              done++
              isRefused = false
            }
            return result
          } catch (error) {
            if (isRefusal(error)) isRefused = true
            throw error
          }
        },
        iterate: (given) => statement.iterate(...values(given)),
      } satisfies SqliteStatement
    },
  }
}
