import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { explainJournal, newerJournal } from './failure.ts'

const VERSION = 1

// Names are 32 bytes, that of config none. An id is never used twice, so that ids tell what was stored before what.
// The index on states holds all that sums need; the others hold only the few rows that they are asked for.
const TABLES = `
  CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    state INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    needed_at INTEGER NOT NULL,
    evictable INTEGER NOT NULL DEFAULT 0,
    local_left INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, name)
  ) STRICT;
  CREATE INDEX file_by_state ON file (state, kind, id, size);
  CREATE INDEX file_by_need ON file (needed_at, id) WHERE state = 3 AND evictable = 1;
  CREATE INDEX file_left ON file (id) WHERE local_left = 1;
  CREATE TABLE sums (file_id INTEGER PRIMARY KEY, sums BLOB NOT NULL) STRICT;
  CREATE TABLE tombstone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    phase INTEGER NOT NULL,
    after_file INTEGER NOT NULL,
    local_left INTEGER NOT NULL,
    UNIQUE (kind, name)
  ) STRICT;
  CREATE INDEX tombstone_by_kind ON tombstone (kind, id);
  CREATE INDEX tombstone_by_last ON tombstone (kind, after_file);
  CREATE INDEX tombstone_left ON tombstone (id) WHERE local_left = 1;
  CREATE TABLE need (
    snapshot BLOB PRIMARY KEY,
    tree BLOB,
    packs BLOB NOT NULL,
    missing BLOB NOT NULL,
    gaps INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE damage (
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    found_at INTEGER NOT NULL,
    healed INTEGER NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;
  CREATE TABLE own_mark (mark TEXT PRIMARY KEY) STRICT;
  CREATE TABLE built (whether INTEGER NOT NULL) STRICT;
`

type Value = number | string | Uint8Array | null

/** The journal's SQLite file. Several processes may have it open; each change is one transaction. */
export class JournalFile {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #isInTransaction = false

  /** Makes the file where it is missing, and never its folder: that may be the bare mount point of a cache that is not there. */
  constructor(path: string) {
    this.path = path
    try {
      this.#database = new DatabaseSync(path, { timeout: 5000 })
    } catch (error) {
      throw explainJournal(error, path)
    }
    try {
      this.#setUp()
    } catch (error) {
      this.#database.close()
      throw explainJournal(error, path)
    }
  }

  #setUp(): void {
    // As the catalog's: what was committed is on the disk.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;')
    this.transaction(() => {
      const version = Number(this.#database.prepare('PRAGMA user_version').get()?.['user_version'])
      if (version > VERSION) throw newerJournal(this.path)
      if (version < VERSION) this.#database.exec(`${TABLES} PRAGMA user_version = ${VERSION};`)
    })
  }

  /** What `work` changes is durable when this returns, or nothing of it was done. One may lie within another. */
  transaction<T>(work: () => T): T {
    if (this.#isInTransaction) return work()
    return this.#try(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#isInTransaction = true
      try {
        const result = work()
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        // Where SQLite has taken it back by itself, as on a full disk, there is none any more.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      } finally {
        this.#isInTransaction = false
      }
    })
  }

  /** For what may be lost in a power cut (a killed process loses nothing of it): no flush, so it costs next to nothing. */
  carelessly(work: () => unknown): void {
    this.#try(() => {
      this.#database.exec('PRAGMA synchronous = NORMAL')
      try {
        work()
      } finally {
        this.#database.exec('PRAGMA synchronous = FULL')
      }
    })
  }

  rows(query: string, ...values: Value[]): Record<string, unknown>[] {
    return this.#try(() => this.#prepare(query).all(...values))
  }

  /** One row after the other. Nothing else may be asked of the same kind until the last was taken. */
  *each(query: string, ...values: Value[]): Generator<Record<string, unknown>> {
    try {
      yield* this.#prepare(query).iterate(...values)
    } catch (error) {
      throw explainJournal(error, this.path)
    }
  }

  /** How many rows it changed. */
  run(query: string, ...values: Value[]): number {
    return this.#try(() => Number(this.#prepare(query).run(...values).changes))
  }

  close(): void {
    this.#database.close()
  }

  #prepare(query: string): StatementSync {
    const statement = this.#statements.get(query) ?? this.#database.prepare(query)
    this.#statements.set(query, statement)
    return statement
  }

  /** Has SQLite's errors said as errors of a storage. */
  #try<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw explainJournal(error, this.path)
    }
  }
}
