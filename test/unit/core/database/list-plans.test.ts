import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  type Catalog,
  lastEnded,
  lastRun,
  listAlerts,
  listAudit,
  listPoints,
  listRuns,
  newestPointOf,
  openAlerts,
  openCatalog,
  type Rows,
  runsEndedSince,
  sumPoints,
  unconfirmedRuns,
} from '../../../../core/database/index.ts'

const PAGE = { limit: 50 }

describe('a list of the catalog', () => {
  let folder: string
  let catalog: Catalog

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-plans-'))
    catalog = await openCatalog(join(folder, 'catalog.db'))
  })
  afterAll(async () => {
    await catalog.close()
    rmSync(folder, { recursive: true })
  })

  /** How SQLite goes about what is asked for. */
  async function planOf(ask: (rows: Rows) => Promise<unknown>): Promise<string[]> {
    const asked: { sql: string; parameters: readonly unknown[] }[] = []
    const rows = new Kysely({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
      log: ({ query }) => void asked.push(query),
    }) as unknown as Rows
    await ask(rows)
    const [query] = asked
    if (!query) throw new Error('nothing was asked for')
    // Values are told as they are told in earnest: beside the text.
    const parts = query.sql.split('?').map((text) => sql.raw<{ detail: string }>(text))
    const text = sql<{ detail: string }>`explain query plan ${parts[0] ?? sql.raw('')}${sql.join(
      query.parameters.map((value, at) => sql`${value}${parts[at + 1] ?? sql.raw('')}`),
      sql.raw(''),
    )}`
    return (await text.execute(catalog.rows)).rows.map(({ detail }) => detail)
  }

  it.each([
    ['runs', (rows: Rows) => listRuns(rows, {}, PAGE)],
    ['runs behind one', (rows: Rows) => listRuns(rows, {}, { ...PAGE, after: 'a' })],
    ['runs of a set', (rows: Rows) => listRuns(rows, { setId: 'a' }, PAGE)],
    ['runs of a set of a kind', (rows: Rows) => listRuns(rows, { setId: 'a', kind: 'backup' }, PAGE)],
    ['runs of a vault', (rows: Rows) => listRuns(rows, { vaultId: 'a' }, PAGE)],
    ['runs of a vault of a kind', (rows: Rows) => listRuns(rows, { vaultId: 'a', kind: 'check' }, PAGE)],
    ['runs of a kind', (rows: Rows) => listRuns(rows, { kind: 'check' }, PAGE)],
    ['runs in a state', (rows: Rows) => listRuns(rows, { states: ['failed'] }, PAGE)],
    ['the last backup of a set', (rows: Rows) => lastRun(rows, { setId: 'a', kind: 'backup' }, ['failed', 'warning'])],
    ['the last check of a vault', (rows: Rows) => lastRun(rows, { vaultId: 'a', kind: 'check' }, ['failed'])],
    ['runs that wait for a word', (rows: Rows) => unconfirmedRuns(rows)],
    ['points', (rows: Rows) => listPoints(rows, {}, PAGE)],
    ['points of a set', (rows: Rows) => listPoints(rows, { setId: 'a' }, PAGE)],
    ['points of a vault', (rows: Rows) => listPoints(rows, { vaultId: 'a' }, PAGE)],
    ['points of a time', (rows: Rows) => listPoints(rows, { from: 1, until: 2 }, PAGE)],
    ['the newest point', (rows: Rows) => newestPointOf(rows, 'a')],
    ['sums of sets', (rows: Rows) => sumPoints(rows, 'set_id')],
    ['sums of vaults', (rows: Rows) => sumPoints(rows, 'vault_id')],
    ['alerts', (rows: Rows) => listAlerts(rows, undefined, PAGE)],
    ['open alerts', (rows: Rows) => listAlerts(rows, 'open', PAGE)],
    ['all open alerts', (rows: Rows) => openAlerts(rows)],
    ['the audit', (rows: Rows) => listAudit(rows, {}, PAGE)],
    ['the audit of somebody', (rows: Rows) => listAudit(rows, { actor: 'a' }, PAGE)],
    ['the audit of an operation', (rows: Rows) => listAudit(rows, { operation: 'a' }, PAGE)],
  ])('%s is read in its order from an index: nothing is sorted, and no table is read through', async (_what, ask) => {
    const plan = await planOf(ask)
    expect(plan.filter((step) => !/^(SEARCH|SCAN) \w+ USING (COVERING )?INDEX /.test(step))).toEqual([])
  })

  it.each([
    ['points', (rows: Rows) => listPoints(rows, {}, PAGE), 'point_time'],
    ['points of a set', (rows: Rows) => listPoints(rows, { setId: 'a' }, PAGE), 'point_set'],
    ['sums of points', (rows: Rows) => sumPoints(rows, 'set_id'), 'point_set_sums'],
    ['open alerts', (rows: Rows) => listAlerts(rows, 'open', PAGE), 'alert_open_list'],
    ['runs that wait for a word', (rows: Rows) => unconfirmedRuns(rows), 'run_unconfirmed'],
  ])('%s pass over nothing that is gone: their index knows only the others', async (_what, ask, index) => {
    const [step, ...more] = await planOf(ask)
    expect([step?.replace(/ \(.*/, '').split(' ').at(-1), more]).toEqual([index, []])
    const made = await sql<{ sql: string }>`select sql from sqlite_master where name = ${index}`.execute(catalog.rows)
    expect(made.rows[0]?.sql).toMatch(/ where "(removed_at|cleared_at|needs_confirmation)" (is null|= 1)$/)
  })

  it('finds the restores that ended of late by an index, in their order', async () => {
    const plan = await planOf((rows) => lastEnded(rows, 'restore', 1, 200))
    expect(plan).toEqual([expect.stringMatching(/USING INDEX run_ended \(kind=\? AND ended_at>\?\)/)])
  })

  it('counts backups of some days by an index of kind and time', async () => {
    const plan = await planOf((rows) => runsEndedSince(rows, 'backup', 1))
    expect(plan).toEqual([expect.stringMatching(/USING INDEX run_ended \(kind=\? AND ended_at>\?\)/)])
  })
})
