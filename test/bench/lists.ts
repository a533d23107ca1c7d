import { join } from 'node:path'

import type { Call, Operations } from '../../core/appliance/index.ts'
import { formatInstant, systemClock } from '../../core/base/index.ts'
import { startAppliance } from '../support/appliance.ts'
import type { Figure } from './figure.ts'
import { fillCatalog, type FullCatalog } from './full-catalog.ts'
import { measureHeldUp } from './held-up.ts'

export interface ListsBench {
  readonly folder: string
  readonly rounds: number
  /** Rows of each kind. */
  readonly rows: number
}

/** Milliseconds: the first page of any list. */
const MOST_FIRST_PAGE = 100
const PAGE = { limit: 50 }

const DAY = 86_400_000
const aYearAgo = (later: number): string => formatInstant(systemClock.now() - (365 + later) * DAY)

type Lists = readonly (readonly [name: string, ask: () => Promise<unknown>])[]

function listsOf(operations: Operations, call: Call, { setId, oldSetId, vaultId, longRunId }: FullCatalog): Lists {
  const { runs, points, alerts, audit, sets, vaults, overview, sources, policies, users, tokens } = operations
  return [
    ['runs', () => runs.list(PAGE, call)],
    ['runs that have ended', () => runs.list({ ...PAGE, phase: 'ended' }, call)],
    ['runs that go on', () => runs.list({ ...PAGE, phase: 'active' }, call)],
    ['runs that have failed', () => runs.list({ ...PAGE, state: 'failed' }, call)],
    ['runs that were cancelled', () => runs.list({ ...PAGE, state: 'cancelled' }, call)],
    ['checks', () => runs.list({ ...PAGE, kind: 'check' }, call)],
    ['restores that have failed', () => runs.list({ ...PAGE, kind: 'restore', state: 'failed' }, call)],
    ['runs of a set', () => runs.list({ ...PAGE, setId }, call)],
    ['runs of the oldest set that have failed', () => runs.list({ ...PAGE, setId: oldSetId, state: 'failed' }, call)],
    ['backups of a set that have ended', () => runs.list({ ...PAGE, setId, kind: 'backup', phase: 'ended' }, call)],
    ['restores of a set', () => runs.list({ ...PAGE, setId, kind: 'restore' }, call)],
    ['restores of a vault', () => runs.list({ ...PAGE, vaultId, kind: 'restore' }, call)],
    ['log of a long run', () => runs.events({ ...PAGE, id: longRunId }, call)],
    ['warnings of a long run', () => runs.events({ ...PAGE, id: longRunId, level: 'warning' }, call)],
    ['missed files of a run', () => runs.missed({ ...PAGE, id: longRunId }, call)],
    ['points', () => points.list(PAGE, call)],
    ['points of a set', () => points.list({ ...PAGE, setId }, call)],
    ['points of a vault', () => points.list({ ...PAGE, vaultId }, call)],
    ['points of a day', () => points.list({ ...PAGE, until: aYearAgo(-1), from: aYearAgo(0) }, call)],
    ['alerts', () => alerts.list(PAGE, call)],
    ['alerts that are open', () => alerts.list({ ...PAGE, phase: 'open' }, call)],
    ['alerts that are over', () => alerts.list({ ...PAGE, phase: 'cleared' }, call)],
    ['audit', () => audit.list(PAGE, call)],
    ['audit of somebody', () => audit.list({ ...PAGE, actor: 'somebody' }, call)],
    ['audit of an operation', () => audit.list({ ...PAGE, operation: 'users.create' }, call)],
    ['audit of both', () => audit.list({ ...PAGE, actor: 'somebody', operation: 'points.download' }, call)],
    ['points a policy keeps', () => sets.retention({ ...PAGE, id: setId }, call)],
    ['sources', () => sources.list(undefined, call)],
    ['policies', () => policies.list(undefined, call)],
    ['users', () => users.list(undefined, call)],
    ['tokens', () => tokens.list(undefined, call)],
    ['backup sets', () => sets.list(undefined, call)],
    ['vaults', () => vaults.list(undefined, call)],
    ['overview', () => overview.get(undefined, call)],
  ]
}

/** The first page of each list of an appliance, as its operations give it: a catalog that was opened just now, then again. */
export async function benchLists({ folder, rounds, rows }: ListsBench): Promise<Figure[]> {
  const home = join(folder, 'lists')
  const full = await fillCatalog(home, { rows })
  // Of each list what it took in each round.
  const took = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    await using appliance = await startAppliance(home)
    for (const [name, ask] of listsOf(appliance.appliance.operations, appliance.call, full)) {
      // The database works in this thread: what a page takes is how long it holds everybody else up.
      const { wall, held } = await measureHeldUp(ask)
      took.set(name, [...(took.get(name) ?? []), Math.max(wall, held)])
    }
  }
  return [...took].map(([name, values]) => ({
    name: `first page of ${rows} ${name}`,
    unit: 'ms',
    values,
    most: MOST_FIRST_PAGE,
  }))
}
