import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration'

import { CoreError } from '../base/index.ts'
import { damaged, newer } from './catalog.ts'
import { MIGRATIONS } from './migrations/migrations.ts'

/** Settings of a catalog that nobody has opened. */
export interface CatalogPeek {
  setting(key: string): string | undefined
}

/**
 * Looks into the catalog in a file, and neither makes nor changes anything: no lock, no journal, no migration. Nobody may have
 * it open. `none`: there is no catalog. `unsettled`: whoever had it open last was killed, and part of it is in its journal.
 *
 * @throws CoreError as `openCatalog` does.
 */
export function peekCatalog(path: string): CatalogPeek | 'none' | 'unsettled' {
  if (!existsSync(path)) return 'none'
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return 'unsettled'
  // Without `immutable` SQLite makes files beside a catalog that has a WAL, if only to read it (sqlite.org/uri.html).
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  try {
    using database = new DatabaseSync(url, { readOnly: true })
    const tables = namesIn(database, 'SELECT name FROM sqlite_master')
    const done = tables.has(DEFAULT_MIGRATION_TABLE)
      ? namesIn(database, `SELECT name FROM "${DEFAULT_MIGRATION_TABLE}"`)
      : new Set<string>()
    if ([...done].some((name) => MIGRATIONS[name] === undefined)) throw newer(path)
    const rows = tables.has('setting') ? database.prepare('SELECT key, value FROM setting').all() : []
    const settings = new Map(rows.map(({ key, value }) => [String(key), String(value)]))
    return { setting: (key) => settings.get(key) }
  } catch (error) {
    throw error instanceof CoreError ? error : damaged(path, error)
  }
}

function namesIn(database: DatabaseSync, query: string): ReadonlySet<string> {
  return new Set(
    database
      .prepare(query)
      .all()
      .map(({ name }) => String(name)),
  )
}
