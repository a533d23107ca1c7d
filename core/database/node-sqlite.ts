import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import type { SqliteDatabase, SqliteStatement } from 'kysely'

import type { CoreError } from '../base/index.ts'
import { refusalOf } from './refusal.ts'

/** What became of what was written. */
export interface Writes {
  /** How often something was written. */
  readonly done: number
  /** The last write failed, and not by what it wanted to write: the disk is full, say, or somebody else has locked the file. */
  readonly isRefused: boolean
}

/** What begins and takes back a transaction has written nothing. */
const FRAMES = /^\s*(?:begin|rollback)\b/i
const ROLLBACK = /^\s*rollback\s*$/i
/** Everything else writes, also what answers with rows (`insert … returning`). */
const READS = /^\s*(?:select|with|pragma|explain)\b/i

const values = (given: readonly unknown[]): SQLInputValue[] => given as SQLInputValue[]

/**
 * `node:sqlite` in the shape that Kysely's dialect for SQLite wants, which is that of better-sqlite3. What says something of
 * the catalog as a whole fails as a `CoreError` (see `refusalOf`), all else as SQLite's own error.
 *
 * WAL with `synchronous=FULL`: what was committed is on the disk (25 `kill -9` and a power cut lose nothing of it). What is
 * deleted is overwritten: copies of the file hold no session that has ended.
 */
export function openNodeSqlite(
  path: string,
  { onRefused }: { readonly onRefused?: ((error: CoreError) => void) | undefined } = {},
): SqliteDatabase & {
  readonly raw: DatabaseSync
  readonly writes: () => Writes
} {
  const raw = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  raw.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;',
  )
  let done = 0
  let isRefused = false
  /** Why SQLite has taken back the transaction by itself, until whoever began it takes it back, too. */
  let takenBack: CoreError | undefined

  const isWithin = (): boolean => raw.isTransaction

  function attempt<T>(sql: string, work: () => T): T {
    const wasWithin = isWithin()
    try {
      return work()
    } catch (error) {
      const isRead = READS.test(sql)
      const refusal = refusalOf(error, isRead ? 'read' : 'written')
      if (refusal === undefined) throw error
      if (!isRead) {
        if (!isRefused) onRefused?.(refusal)
        isRefused = true
      }
      if (wasWithin && !isWithin()) takenBack = refusal
      throw refusal
    }
  }

  function write<T>(sql: string, work: () => T): T {
    const result = attempt(sql, work)
    if (!READS.test(sql) && !FRAMES.test(sql)) {
      done++
      isRefused = false
    }
    return result
  }

  return {
    raw,
    writes: () => ({ done, isRefused }),
    close: () => raw.close(),
    prepare(sql) {
      if (takenBack !== undefined) {
        // What is written before would stay, without what was to be written with it.
        if (!ROLLBACK.test(sql)) throw takenBack
        takenBack = undefined
        return NOTHING_LEFT
      }
      const statement = attempt(sql, () => raw.prepare(sql))
      return {
        reader: statement.columns().length > 0,
        all: (given) => write(sql, () => statement.all(...values(given))),
        run: (given) => write(sql, () => statement.run(...values(given))),
        *iterate(given) {
          const found = statement.iterate(...values(given))
          for (;;) {
            const next = attempt(sql, () => found.next())
            if (next.done === true) return
            yield next.value
          }
        },
      } satisfies SqliteStatement
    },
  }
}

/** Taking back what SQLite has taken back already would fail, and hide why it did. */
const NOTHING_LEFT: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
}
