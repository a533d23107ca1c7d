import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { dateOf, systemClock } from '../../core/base/index.ts'
import { addMissed, type Catalog, openCatalog, setRows } from '../../core/database/index.ts'
import { protectFolder, startAppliance } from '../support/appliance.ts'
import { seeded } from './data.ts'

/** What a catalog is filled with: as much as ten backup sets have after two years of a run each hour. */
export interface CatalogSize {
  /**
   * Of runs; and of points, points that were removed, audit entries, alerts that are over, and lines and missed files of one
   * run, as many each.
   */
  readonly rows: number
}

/** What is asked for of it. */
export interface FullCatalog {
  readonly setId: string
  readonly vaultId: string
  /** Of a set whose last run is the oldest of all. */
  readonly oldSetId: string
  /** Of the newest run, whose log and whose list of missed files are as long as all else is. */
  readonly longRunId: string
}

const SETS = 10
const DAY = 86_400_000
/** What the catalog tells of. */
const YEARS = 2 * 365 * DAY
const ENDS = ['succeeded', 'succeeded', 'succeeded', 'warning', 'failed', 'skipped']
const KINDS = ['backup', 'backup', 'backup', 'forget', 'check']
/** Rows that one statement takes, with the most columns that a table has. */
const AT_ONCE = 500

/**
 * Makes an appliance with ten backup sets, and fills its catalog. One set had all its runs before all others, and what is
 * rare (a failed restore, an open alert, an audit entry of somebody) is the oldest: so a list that is filtered finds it last.
 */
export async function fillCatalog(folder: string, { rows }: CatalogSize): Promise<FullCatalog> {
  const appliance = await startAppliance(folder)
  const { vault, set } = await protectFolder(appliance, folder)
  await appliance[Symbol.asyncDispose]()
  // What is not in it would be taken for gone. A vault that cannot be reached is left as it is.
  await rm(join(folder, 'vault'), { recursive: true })
  const catalog = await openCatalog(join(folder, 'appliance', 'catalog.db'))
  try {
    const sets = await addSets(catalog, set.id)
    const [setId = '', oldSetId = ''] = sets
    const since = systemClock.now() - YEARS
    const apart = Math.floor(YEARS / rows)
    const longRunId = idOf('run', rows - 1, since + (rows - 1) * apart)
    await catalog.transaction(async (tables) => {
      // That the recovery kit was never taken was told before all else.
      await tables
        .updateTable('alert')
        .set({ id: idOf('alert', -1, since - DAY) })
        .execute()
      for (let from = 0; from < rows; from += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, at) => from + at)
        const made = numbers.map((number) => rowsOf(number, since + number * apart, sets, vault.id))
        await tables
          .insertInto('run')
          .values(made.map(({ run }) => run))
          .execute()
        await tables
          .insertInto('point')
          .values(made.map(({ point }) => point))
          .execute()
        await tables
          .insertInto('point')
          .values(made.map(({ removed }) => removed))
          .execute()
        await tables
          .insertInto('audit')
          .values(made.map(({ audit }) => audit))
          .execute()
        await tables
          .insertInto('alert')
          .values(made.map(({ alert }) => alert))
          .execute()
      }
      for (let from = 0; from < rows; from += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, at) => from + at)
        await tables
          .insertInto('run_event')
          .values(numbers.map((number) => eventOf(longRunId, number)))
          .execute()
        await addMissed(tables, longRunId, from, numbers.map(missedOf))
      }
    })
    return { setId, vaultId: vault.id, oldSetId, longRunId }
  } finally {
    await catalog.close()
  }
}

async function addSets({ rows }: Catalog, first: string): Promise<string[]> {
  const set = await setRows.find(rows, first)
  if (!set) throw new Error('the backup set is not there')
  const ids = [first]
  for (let number = 1; number < SETS; number++) {
    const id = idOf('set', number, set.created_at + number)
    await setRows.insert(rows, { ...set, id, name: `set ${number}` })
    ids.push(id)
  }
  return ids
}

/** The shape that `newId` gives: ids sort by time. */
function idOf(kind: string, number: number, at: number): string {
  const time = at.toString(16).padStart(12, '0')
  const rest = createHash('sha256').update(`${kind}${number}`).digest('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

const random = seeded(11)
const oneOf = (of: readonly string[]): string => of[Math.floor(random() * of.length)] ?? ''

/** One in a hundred is worth reading. */
function eventOf(runId: string, number: number) {
  const isBad = number % 100 === 0
  return {
    run_id: runId,
    at: systemClock.now(),
    level: isBad ? ('warning' as const) : ('info' as const),
    code: isBad ? 'read-failed' : 'note',
    message: `What happened to the file ${number}.`,
    object: `/srv/data/${number}`,
  }
}

function missedOf(number: number) {
  return { path: `/srv/data/${number}`, kind: 'file', reason: 'It could not be read (EIO).' }
}

function rowsOf(number: number, at: number, sets: readonly string[], vaultId: string) {
  const [, oldSet = ''] = sets
  const others = sets.filter((id) => id !== oldSet)
  const setId = number < 500 ? oldSet : oneOf(others)
  const runId = idOf('run', number, at)
  const state = number < 20 ? 'cancelled' : oneOf(ENDS)
  const run = {
    id: runId,
    kind: number < 20 ? 'restore' : oneOf(KINDS),
    state,
    trigger: 'schedule' as const,
    cause_code: 'done',
    cause_text: 'All of it was done.',
    set_id: setId,
    source_id: null,
    vault_id: vaultId,
    requested_by: null,
    attempt: 1,
    most_attempts: 3,
    queued_at: at,
    started_at: at + 100,
    ended_at: at + 30_000,
    not_before: null,
    expires_at: null,
    scheduled_for: null,
    wanted: '{}',
    result: JSON.stringify({
      filesNew: 12,
      filesChanged: 30,
      filesUnmodified: 120_000,
      filesMissed: 0,
      bytesStored: 1e8,
    }),
    remedy: null,
    needs_confirmation: 0,
    process: null,
    committing: null,
    executor: null,
  }
  const point = {
    id: idOf('point', number, at),
    vault_id: vaultId,
    set_id: setId,
    run_id: runId,
    snapshot_id: createHash('sha256').update(`snapshot${number}`).digest('hex'),
    host: 'nas-01',
    roots: '["/srv/data"]',
    started_at: at + 100,
    completed_at: at + 30_000,
    time_zone: '+01:00',
    kind: 'incremental' as const,
    files_missed: 0,
    is_complete: 1,
    files: 120_042,
    bytes: 4e11,
    bytes_added: 1e8,
    kept_until: null,
    removed_at: null as number | null,
  }
  // As many were removed, all of them newer than those that are there.
  const removed = {
    ...point,
    id: idOf('removed', number, at + YEARS),
    snapshot_id: createHash('sha256').update(`removed${number}`).digest('hex'),
    completed_at: at + YEARS,
    removed_at: at + YEARS + DAY,
  }
  const audit = {
    id: idOf('audit', number, at),
    at,
    actor: number < 20 ? 'somebody' : 'admin',
    address: '127.0.0.1',
    operation: number < 40 ? 'users.create' : oneOf(['runs.backUp', 'session.signIn', 'points.download']),
    object: setId,
    outcome: 'done' as const,
    details: JSON.stringify({ at: dateOf(at).toISOString() }),
  }
  const alert = {
    id: idOf('alert', number, at),
    key: `run-failed:${setId}:${number}`,
    kind: 'run-failed',
    severity: 'error' as const,
    object_type: 'set' as const,
    object_id: setId,
    object_name: 'home',
    message: 'The backup has failed.',
    remedy: 'Look at its log.',
    occurrence: runId,
    raise: 1,
    raised_at: at,
    seen_at: at,
    times: 1,
    cleared_at: at + 3_600_000,
    acknowledged_at: null,
    acknowledged_by: null,
  }
  return { run, point, removed, audit, alert }
}
