import type { Run } from '../../contract/index.ts'
import {
  type BackupSetRow,
  findRun,
  listEvents,
  listMissed,
  listRuns,
  listSteps,
  type RunRow,
  setRows,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { mayReach } from '../../identity/index.ts'
import { isEnd, RUN_STATES } from '../../job/index.ts'
import { formatEntryPath, parseEntryPath } from '../../snapshot/index.ts'
import { ownData } from '../data/own-folders.ts'
import type { Call } from '../people/call.ts'
import { mustMay } from '../people/call.ts'
import { cursorOf, isNumber, isText, readCursor } from '../present/cursor.ts'
import { readNames } from '../present/names.ts'
import { conflict, noSuch } from '../present/refusals.ts'
import { runDto, runEventDto, stepDto } from '../present/run-dto.ts'
import { attemptsOf, mustBeNew, requestRun } from '../runs/request-runs.ts'
import { Wanted, type WantedKind } from '../runs/wanted.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { sourceReacher } from './point-operations.ts'
import { assertRemovalReach } from './removal-reach.ts'
import { restoreTargetOf } from './restore-reach.ts'
import { callerOf } from './session-operations.ts'

export function runOperations(tools: Tools): OperationsOf<'runs'> {
  const { catalog, engine } = tools
  const own = ownData(tools)

  async function find(id: string): Promise<RunRow> {
    const run = await findRun(catalog.rows, id)
    if (!run) throw noSuch('run', id)
    return run
  }

  async function present(run: RunRow): Promise<Run> {
    return runDto(run, await readNames(catalog.rows), engine.progressOf(run.id))
  }

  async function findSet(id: string): Promise<BackupSetRow> {
    const set = await setRows.find(catalog.rows, id)
    if (!set || set.removed_at !== null) throw noSuch('backup set', id)
    return set
  }

  async function findVault(id: string): Promise<VaultRow> {
    const vault = await vaultRows.find(catalog.rows, id)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', id)
    return vault
  }

  /** What a run is to do once more: for somebody who may have it done, which need not be who asked for it first. */
  async function wantedAgain(run: RunRow, set: BackupSetRow | undefined, call: Call): Promise<Record<string, unknown>> {
    const wanted = JSON.parse(run.wanted) as Record<string, unknown>
    if (run.kind === 'restore') {
      mustMay(call, 'restore')
      const { paths, target } = Wanted.restore.parse(wanted)
      const place = target === '/' ? ({ kind: 'original' } as const) : ({ kind: 'folder', path: target } as const)
      return { ...wanted, target: formatEntryPath(await restoreTargetOf(tools, { paths, target: place }, call)) }
    }
    if (run.kind === 'forget' && Wanted.forget.parse(wanted).points !== undefined) mustMay(call, 'administer')
    const vault = await findVault(run.vault_id)
    await assertRemovalReach(catalog.rows, { vault, set, kind: run.kind }, callerOf(call))
    return wanted
  }

  return {
    async list({ limit, cursor, setId, vaultId, kind, state, phase }) {
      const after = readCursor(cursor, isText)
      const states = state === undefined ? statesOf(phase) : [state]
      const page = await listRuns(catalog.rows, { setId, vaultId, kind, states }, { limit, after })
      const names = await readNames(catalog.rows)
      const last = page.rows.at(-1)
      return {
        items: page.rows.map((run) => runDto(run, names, engine.progressOf(run.id))),
        next: page.hasMore && last ? cursorOf(last.id) : null,
      }
    },
    async get({ id }) {
      const run = await find(id)
      return { ...(await present(run)), steps: (await listSteps(catalog.rows, id)).map(stepDto) }
    },
    async events({ id, level, limit, cursor }) {
      await find(id)
      const page = await listEvents(catalog.rows, id, level, { limit, after: readCursor(cursor, isNumber) })
      const last = page.rows.at(-1)
      return { items: page.rows.map(runEventDto), next: page.hasMore && last ? cursorOf(last.id) : null }
    },
    async missed({ id, limit, cursor }, call) {
      await find(id)
      const user = sourceReacher(callerOf(call))
      const page = await listMissed(catalog.rows, id, { limit, after: readCursor(cursor, isNumber) })
      const last = page.rows.at(-1)
      // What a restore did not bring back is told by its path in the recovery point.
      const items = page.rows
        .filter(({ path }) => mayReach(parseEntryPath(path.startsWith('/') ? path : `/${path}`), user, own))
        .map(({ path, kind, reason }) => ({ path, kind, reason }))
      return { items, next: page.hasMore && last ? cursorOf(last.seq) : null }
    },
    async backUp({ setId }, call) {
      const set = await findSet(setId)
      const asker = { trigger: 'manual', requestedBy: callerOf(call).name } as const
      const attempts = await attemptsOf(tools, set)
      return present(mustBeNew(await requestRun(engine, 'backup', asker, { vaultId: set.vault_id, set, attempts })))
    },
    async maintain({ vaultId, kind, setId, readData, confirm }, call) {
      const vault = await findVault(vaultId)
      const set = setId === undefined ? undefined : await findSet(setId)
      if (set && set.vault_id !== vaultId)
        throw conflict(`${set.name} is not in the vault ${vault.name}.`, 'Name the vault of the backup set.')
      const caller = callerOf(call)
      await assertRemovalReach(catalog.rows, { vault, set, kind }, caller)
      const asker = { trigger: 'manual', requestedBy: caller.name } as const
      const wanted = { isConfirmed: confirm, readData }
      return present(mustBeNew(await requestRun(engine, kind, asker, { vaultId, set, wanted })))
    },
    async cancel({ id }, call) {
      return present(await engine.cancel(id, callerOf(call).name))
    },
    async retry({ id }, call) {
      const run = await find(id)
      if (!runDto(run, await readNames(catalog.rows), undefined).canRetry)
        throw conflict('This run cannot be done again.', 'Wait for its end, or begin a new one.')
      const set = run.set_id === null ? undefined : await findSet(run.set_id)
      const asker = { trigger: 'manual', requestedBy: callerOf(call).name } as const
      const wanted = await wantedAgain(run, set, call)
      const again = await requestRun(engine, run.kind as WantedKind, asker, {
        vaultId: run.vault_id,
        set,
        sourceId: run.source_id,
        wanted,
        attempts: run.most_attempts,
      })
      return present(mustBeNew(again))
    },
  }
}

function statesOf(phase: 'active' | 'ended' | undefined): readonly string[] | undefined {
  if (phase === undefined) return undefined
  return RUN_STATES.filter((state) => isEnd(state) === (phase === 'ended'))
}
