import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { CoreError, reasonOf } from '../../base/index.ts'

const VERSION = 1

const TABLES = `
  CREATE TABLE receipt (
    vault TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    agent TEXT NOT NULL,
    size INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (vault, kind, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE lost_lock (
    vault TEXT NOT NULL,
    agent TEXT NOT NULL,
    PRIMARY KEY (vault, agent)
  ) STRICT, WITHOUT ROWID;
`

/** What a vault was found to hold, while that is looked at (`finding.ts`). */
const FOUND = `
  CREATE TEMP TABLE found (
    vault TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (vault, kind, name)
  ) STRICT, WITHOUT ROWID;
`

/** The SQLite file of receipts. */
export class ReceiptFile {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string) {
    this.#path = path
    try {
      this.#database = new DatabaseSync(path, { timeout: 5000 })
    } catch (error) {
      throw this.#explain(error)
    }
    try {
      this.#setUp()
    } catch (error) {
      this.#database.close()
      throw this.#explain(error)
    }
  }

  #setUp(): void {
    // No flush with each pack: a killed process loses nothing of it.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;')
    this.#database.exec(FOUND)
    const version = Number(this.#database.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > VERSION) throw newer(this.#path)
    if (version < VERSION) this.#database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${VERSION}; COMMIT;`)
  }

  rows(query: string, ...values: (string | number)[]): Record<string, unknown>[] {
    return this.#try(() => this.#prepare(query).all(...values))
  }

  /** How many rows it changed. */
  run(query: string, ...values: (string | number)[]): number {
    return this.#try(() => Number(this.#prepare(query).run(...values).changes))
  }

  /** All of what `work` changes, or nothing of it. */
  transaction(work: () => void): void {
    this.#try(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        work()
        this.#database.exec('COMMIT')
      } finally {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      }
    })
  }

  close(): void {
    this.#database.close()
  }

  #prepare(query: string): StatementSync {
    const statement = this.#statements.get(query) ?? this.#database.prepare(query)
    this.#statements.set(query, statement)
    return statement
  }

  #try<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.#explain(error)
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof Error) || !('errcode' in error)) return error
    return new CoreError('storage/unreachable', `The receipts of the vault door in ${this.#path} cannot be used`, {
      cause: error,
      retryable: true,
      safety: 'No file of a vault was changed; agents are refused until it can be used.',
      remedy: `Look whether its disk is full or failing (${reasonOf(error)}).`,
      context: { location: this.#path },
    })
  }
}

function newer(path: string): CoreError {
  return new CoreError('storage/refused', `The receipts in ${path} were written by a newer version of Holdfast`, {
    safety: 'Nothing was changed.',
    remedy: 'Start the version that wrote them, or a newer one.',
    context: { location: path },
  })
}
