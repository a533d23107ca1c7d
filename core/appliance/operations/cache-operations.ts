import { resolve } from 'node:path'

import { CoreError, parseInstant } from '../../base/index.ts'
import { makeCacheFolder, removeCacheFolder } from '../../cloud-cache/index.ts'
import { type Cache, CACHE_DEFAULTS, CacheSettings } from '../../contract/index.ts'
import {
  type CacheRow,
  findCache,
  insertCache,
  listCaches,
  type RunRow,
  runsInStates,
  updateCache,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { roomAt } from '../../file-system/index.ts'
import { isEnd, RUN_STATES } from '../../job/index.ts'
import { isSyncComplete, simulateSync, validateSyncSchedule } from '../../policy/index.ts'
import { readVaultLocation, vaultFolder } from '../../vault/index.ts'
import { cacheWindows } from '../caches/cache-windows.ts'
import { evictionPreview } from '../caches/eviction-preview.ts'
import { cacheOf, cacheSettingsOf } from '../caches/vault-cache.ts'
import { isWithin, physicalPath } from '../data/own-folders.ts'
import { cacheDto } from '../present/cache-dto.ts'
import { evictionDto } from '../present/eviction-dto.ts'
import { instant, instantOrNull } from '../present/instant.ts'
import { readNames } from '../present/names.ts'
import { badField, conflict, noSuch } from '../present/refusals.ts'
import { runDto } from '../present/run-dto.ts'
import { mustBeNew, requestRun } from '../runs/request-runs.ts'
import { syncLimit } from '../runs/sync-limit.ts'
import type { WantedKind } from '../runs/wanted.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { callerOf } from './session-operations.ts'

const GOING = RUN_STATES.filter((state) => !isEnd(state))
/** A cache is taken away in two runs: it is emptied, then its files are removed. */
const DETACH_ATTEMPTS = 10
const BUILD_ATTEMPTS = 10

export function cacheOperations(tools: Tools): OperationsOf<'caches'> {
  const { catalog, engine, clock, settings, folder: dataFolder, publish, cacheBook } = tools

  async function findVault(id: string): Promise<VaultRow> {
    const vault = await vaultRows.find(catalog.rows, id)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', id)
    return vault
  }

  async function find(vaultId: string): Promise<CacheRow> {
    const row = await findCache(catalog.rows, vaultId)
    if (!row) throw noSuch('cache', vaultId)
    return row
  }

  async function present(row: CacheRow, going: readonly RunRow[]): Promise<Cache> {
    const vault = await findVault(row.vault_id)
    const names = await readNames(catalog.rows)
    const sync = going.find(({ kind, vault_id }) => kind === 'sync' && vault_id === row.vault_id)
    const facts = {
      row,
      vault: { id: vault.id, name: vault.name },
      timeZone: settings.current.timeZone,
      now: clock.now(),
      bytesFree: (await roomAt(row.folder))?.bytesFree,
      sync: sync && runDto(sync, names, engine.progressOf(sync.id)),
      syncBytesPerSecond: sync && syncLimit(sync, row, settings, clock.now())?.bytesPerSecond,
      held: undefined,
      problem: undefined,
    }
    if (row.state === 'building' || row.state === 'left') return cacheDto(facts)
    try {
      return cacheDto({ ...facts, held: await cacheBook.held(cacheOf(vault, row)) })
    } catch (error) {
      if (!(error instanceof CoreError)) throw error
      return cacheDto({ ...facts, problem: [error.message, error.remedy].filter(Boolean).join(' ') })
    }
  }

  const going = (): Promise<RunRow[]> => runsInStates(catalog.rows, GOING)
  const one = async (vaultId: string): Promise<Cache> => present(await find(vaultId), await going())

  function changed(id: string): void {
    publish({ type: 'changed', kind: 'cache', id })
    engine.wake()
  }

  async function request(kind: WantedKind, vaultId: string, by: string, wanted = {}, attempts = 1): Promise<RunRow> {
    const asker = { trigger: 'manual', requestedBy: by } as const
    return mustBeNew(await requestRun(engine, kind, asker, { vaultId, wanted, attempts }))
  }

  /** Where the cache would lie in what is the appliance's own, or in what backups bring into it. */
  async function refuseFolder(folder: string): Promise<void> {
    const place = await physicalPath(folder)
    for (const vault of await vaultRows.list(catalog.rows)) {
      const other = vaultFolder(readVaultLocation(vault.location))
      if (other !== undefined && overlap(place, await physicalPath(other)))
        throw conflict(`${folder} is in the folder of the vault ${vault.name}, or around it.`, 'Choose another folder.')
    }
    for (const cache of await listCaches(catalog.rows))
      if (overlap(place, await physicalPath(cache.folder)))
        throw conflict(`${folder} is in the folder of another cache, or around it.`, 'Choose another folder.')
    if (overlap(place, await physicalPath(dataFolder.path)))
      throw conflict(`${folder} is in the data folder of the appliance, or around it.`, 'Choose another folder.')
  }

  /** Nobody gives up what can be sent still. */
  async function refuseUsable(row: CacheRow): Promise<void> {
    try {
      await cacheBook.held(cacheOf(await findVault(row.vault_id), row))
    } catch (error) {
      if (error instanceof CoreError) return
      throw error
    }
    throw conflict('The cache is there, and can be read.', 'Take it away as usual: what it holds is sent first.')
  }

  async function presentRun(run: RunRow): ReturnType<OperationsOf<'caches'>['sync']> {
    return runDto(run, await readNames(catalog.rows), engine.progressOf(run.id))
  }

  return {
    async list() {
      const runs = await going()
      const rows = await listCaches(catalog.rows)
      return { items: await Promise.all(rows.map((row) => present(row, runs))) }
    },
    get: ({ vaultId }) => one(vaultId),
    async attach({ vaultId, folder, takeOver = false, ...given }, call) {
      const vault = await findVault(vaultId)
      const wanted = proven({ ...CACHE_DEFAULTS, ...defined(given) })
      if (await findCache(catalog.rows, vaultId))
        throw conflict(`The vault ${vault.name} has a cache already.`, 'Change that one, or take it away first.')
      const path = resolve(folder)
      await refuseFolder(path)
      const place = { folder: path, repositoryId: vault.repository_id }
      await makeCacheFolder(place)
      const isNew = await insertCache(catalog.rows, {
        vault_id: vaultId,
        folder: path,
        state: 'building',
        settings: JSON.stringify(wanted),
        created_at: clock.now(),
        paused_at: null,
        paused_until: null,
        paused_by: null,
        synced_at: null,
        bypassed_at: null,
      })
      if (!isNew) {
        await removeCacheFolder(place)
        throw conflict(`The vault ${vault.name} has a cache already.`, 'Change that one, or take it away first.')
      }
      await request('cache-build', vaultId, callerOf(call).name, { takeOver }, BUILD_ATTEMPTS)
      changed(vaultId)
      return one(vaultId)
    },
    async update({ vaultId, ...given }) {
      const row = await find(vaultId)
      const next = proven({ ...cacheSettingsOf(row), ...defined(given) })
      await updateCache(catalog.rows, vaultId, { settings: JSON.stringify(next) })
      changed(vaultId)
      return one(vaultId)
    },
    async sync({ vaultId, isLimited }, call) {
      refuseUnready(await find(vaultId))
      const other = (await going()).find(({ kind, vault_id }) => kind === 'sync' && vault_id === vaultId)
      if (other && (other.trigger === 'manual' || isLimited))
        throw conflict('It is being synced already.', 'Wait until that has ended, or stop it first.')
      // One by the schedule makes room for what somebody wants as fast as can be.
      if (other) await engine.cancel(other.id, callerOf(call).name)
      return presentRun(await request('sync', vaultId, callerOf(call).name, { isLimited }))
    },
    async evict({ vaultId }, call) {
      refuseUnready(await find(vaultId))
      return presentRun(await request('cache-tidy', vaultId, callerOf(call).name, { isWanted: true }))
    },
    async evictionPreview({ vaultId }) {
      const row = await find(vaultId)
      refuseUnready(row)
      const cache = cacheOf(await findVault(vaultId), row)
      const found = await evictionPreview(catalog.rows, {
        vaultId,
        cache,
        settings: cacheSettingsOf(row),
        now: clock.now(),
      })
      return evictionDto(found, await readNames(catalog.rows))
    },
    async audit({ vaultId }, call) {
      refuseUnready(await find(vaultId))
      return presentRun(await request('cache-audit', vaultId, callerOf(call).name))
    },
    async takeOver({ vaultId }, call) {
      const row = await find(vaultId)
      if (row.state !== 'building') refuseUnready(row)
      return presentRun(await request('cache-build', vaultId, callerOf(call).name, { takeOver: true }, BUILD_ATTEMPTS))
    },
    async pause({ vaultId, until }, call) {
      await find(vaultId)
      const now = clock.now()
      const paused_until = until === null ? null : parseInstant(until)
      if (paused_until !== null && paused_until <= now)
        throw badField('until', `${until ?? ''} is over already.`, 'Give a moment that is to come.')
      await updateCache(catalog.rows, vaultId, { paused_at: now, paused_until, paused_by: callerOf(call).name })
      changed(vaultId)
      return one(vaultId)
    },
    async resume({ vaultId }) {
      await find(vaultId)
      await updateCache(catalog.rows, vaultId, { paused_at: null, paused_until: null, paused_by: null })
      changed(vaultId)
      return one(vaultId)
    },
    async detach({ vaultId, isLost }, call) {
      const row = await find(vaultId)
      const by = callerOf(call).name
      const runs = (await going()).filter(({ vault_id }) => vault_id === vaultId)
      const detaching = runs.find(({ kind }) => kind === 'cache-detach')
      if (detaching) return presentRun(detaching)
      for (const { id } of runs.filter(({ kind }) => kind === 'sync' || kind === 'cache-build'))
        await engine.cancel(id, by)
      if (isLost) await refuseUsable(row)
      // One that was never made ready holds nothing that the cloud has not got.
      const isGivenUp = isLost || row.state === 'building'
      await updateCache(catalog.rows, vaultId, { state: isGivenUp ? 'left' : 'leaving', bypassed_at: null })
      const run = await request('cache-detach', vaultId, by, {}, DETACH_ATTEMPTS)
      changed(vaultId)
      return presentRun(run)
    },
    simulate({ windows, bytesPerDay, backlogBytes, days }) {
      const schedule = cacheWindows({ windows })
      if (!isSyncComplete(schedule))
        throw badField('windows', 'Each window has to say how fast it may be.', 'Give windows, and a limit for each.')
      validateSyncSchedule(schedule)
      const { points, sentBytes, emptyAt, isGrowing } = simulateSync({
        schedule,
        timeZone: settings.current.timeZone,
        from: clock.now(),
        days,
        backlogBytes,
        change: { bytesPerDay },
      })
      return Promise.resolve({
        points: points.map(({ at, bytes }) => ({ at: instant(at), bytes })),
        bytesSent: sentBytes,
        emptyAt: instantOrNull(emptyAt),
        isGrowing: isGrowing ?? null,
      })
    },
  }
}

/** Throws `input/invalid`. */
function proven(given: CacheSettings): CacheSettings {
  const wanted = CacheSettings.parse(given)
  if (wanted.lowMark >= wanted.highMark)
    throw badField('lowMark', 'The lower mark has to lie below the higher one.', 'Choose such as 75 and 90 percent.')
  const windows = cacheWindows(wanted)
  if (isSyncComplete(windows)) validateSyncSchedule(windows)
  return wanted
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

function refuseUnready({ state }: CacheRow): void {
  if (state === 'building') throw conflict('The cache is being made ready.', 'Wait until that run has ended.')
  if (state !== 'ready') throw conflict('The cache is being taken away.', 'What it holds is being sent already.')
}

function overlap(one: Buffer, other: Buffer): boolean {
  return isWithin(one, other) || isWithin(other, one)
}
