import { type Chance, type Clock, CoreError, newId } from '../base/index.ts'
import type { LiveEvent } from '../contract/index.ts'
import {
  findCache,
  insertAudit,
  noteOffSite,
  openCatalog,
  readSetting,
  removeLogsBefore,
  type RunRow,
  vaultRows,
  writeSetting,
} from '../database/index.ts'
import { createPasswords } from '../identity/index.ts'
import { createEngine, createLocalExecutor, type Executor, isEnd, runKind, type RunState } from '../job/index.ts'
import type { StartPointReaderOptions } from '../reader/index.ts'
import { openSealingKey, redactDetails } from '../secret/index.ts'
import { createAgentDoor } from './agents/agent-door.ts'
import type { Appliance } from './appliance.ts'
import { createCacheBook } from './caches/cache-book.ts'
import { usedCache } from './caches/vault-cache.ts'
import { openApplianceId } from './data/appliance-id.ts'
import type { DataFolder } from './data/data-folder.ts'
import { FINGERPRINT_KEY } from './data/examine-data-folder.ts'
import type { Log } from './data/open-log.ts'
import { openSettings } from './data/settings-store.ts'
import { downloadEntry } from './download.ts'
import { createLiveEvents } from './live/live-events.ts'
import { createRunTeller } from './live/run-teller.ts'
import { metricsText } from './metrics.ts'
import { agentOperations } from './operations/agent-operations.ts'
import { alertOperations } from './operations/alert-operations.ts'
import {
  auditOperations,
  eventOperations,
  healthOperations,
  overviewOperations,
  settingsOperations,
} from './operations/appliance-operations.ts'
import { backupSetOperations } from './operations/backup-set-operations.ts'
import { cacheOperations } from './operations/cache-operations.ts'
import type { Operations } from './operations/operations.ts'
import { tokenOperations, userOperations } from './operations/people-operations.ts'
import { pointOperations } from './operations/point-operations.ts'
import { policyOperations } from './operations/policy-operations.ts'
import { restoreOperations } from './operations/restore-operations.ts'
import { runOperations } from './operations/run-operations.ts'
import { accountOperations, sessionOperations, setupOperations } from './operations/session-operations.ts'
import { sourceOperations } from './operations/source-operations.ts'
import { vaultOperations } from './operations/vault-operations.ts'
import { createFirstStart } from './people/first-start.ts'
import { createSignIn } from './people/sign-in.ts'
import { alertDto } from './present/alert-dto.ts'
import { createParsedPolicies } from './present/parsed-policies.ts'
import { type ForgetMoment, thisForgetMoment } from './runs/forget-moment.ts'
import { createRunPorts } from './runs/run-ports.ts'
import { createRunRules } from './runs/run-rules.ts'
import { createVaultReaders } from './runs/vault-readers.ts'
import type { Tools } from './tools.ts'
import { createAlertWatch } from './upkeep/alert-watch.ts'
import { createCatalogBackups } from './upkeep/catalog-backups.ts'
import { openCatalogKey } from './upkeep/catalog-key.ts'
import { createDueRequests } from './upkeep/due-requests.ts'
import { createHealth } from './upkeep/health.ts'
import { removeMissedLogs } from './upkeep/remove-missed-logs.ts'
import { createVaultWatch } from './upkeep/vault-watch.ts'

export interface ApplianceOptions {
  readonly folder: DataFolder
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where the program is: nobody restores over it but an administrator. */
  readonly programFolder?: string | undefined
  readonly version: string
  readonly log: Log
  readonly clock: Clock
  readonly chance: Chance
  /** Default: this computer. */
  readonly executor?: Executor | undefined
  /** What time it is by a clock that is never set, too. Default: this computer's. */
  readonly moment?: ((wall: number) => ForgetMoment) | undefined
  /** Starts a thread that looks into recovery points. Default: the one that is brought along. */
  readonly readerThread?: StartPointReaderOptions['start']
  /** Changes of the configuration within so long are stored in vaults at once. Milliseconds; default: a minute. */
  readonly changesGathered?: number | undefined
}

/** An appliance, opened and at work. */
export interface OpenedAppliance extends Appliance {
  /** The secret of the one-time link; undefined where there is an administrator. */
  readonly setupToken: string | undefined
  /** Says where its console is reached from now on: mails about alerts tell it. */
  noteConsole(url: string): void
}

/** How long runs have to stop when the service is stopped, before they are ended. Milliseconds. */
const STOP_WITHIN = 15_000
/** Vaults are looked at anew so often. Milliseconds. */
const LOOK_EVERY = 6 * 60 * 60 * 1000
/** Runs after which the cloud has more, or less, of what points need, or somebody knows better. */
const MOVES_POINTS: ReadonlySet<string> = new Set(['sync', 'cache-audit', 'cache-tidy'])
const HOUR = 60 * 60 * 1000

/** What a new appliance would want to know. */
const CONFIGURED: ReadonlySet<string> = new Set([
  'vault',
  'cache',
  'agent',
  'source',
  'set',
  'policy',
  'user',
  'settings',
])

/** Makes all of an appliance of its data folder, and sets it to work. */
export async function openAppliance(options: ApplianceOptions): Promise<OpenedAppliance> {
  const { folder, environment, version, log, clock, chance } = options
  const startedAt = clock.now()
  const catalog = await openCatalog(folder.catalog, {
    onRefused: (error) => log.error({ err: error }, 'the catalog takes nothing any more'),
  })
  try {
    const key = await openSealingKey({ dataFolder: folder.path, environment, chance })
    const known = await readSetting(catalog.rows, FINGERPRINT_KEY)
    if (known === undefined) await writeSetting(catalog.rows, FINGERPRINT_KEY, key.fingerprint)
    else key.prove(known)

    const told = (error: unknown): void => log.error({ err: error }, 'looking around failed')
    const settings = await openSettings(catalog)
    const applianceId = await openApplianceId(catalog, newId(clock, chance))
    const catalogKey = await openCatalogKey(catalog, key, chance)
    const live = createLiveEvents(newId(clock, chance))
    const publish = (event: LiveEvent): void => {
      live.publish(event)
      if (event.type === 'changed' && CONFIGURED.has(event.kind)) catalogBackups.noteChange()
    }
    const readers = createVaultReaders(catalog, key, { start: options.readerThread })
    const onSaid = (text: string): void => log.warn({ text }, 'a run process said something')
    const executors = { assigned: options.executor ?? createLocalExecutor({ version, onSaid }), others: [] }
    const onDefect = (error: unknown, what: string): void => log.error({ err: error }, `defect in ${what}`)
    const vaultWatch = createVaultWatch({
      catalog,
      readers,
      clock,
      chance,
      log,
      // What was seen, and not what somebody has set: no reason to store the catalog, which would be seen in turn.
      onChange: (kind, id) => live.publish({ type: 'changed', kind, id }),
      onLooked: () => alerts.look(),
    })
    const policies = createParsedPolicies()
    const health = createHealth({ catalog, clock })
    const cacheBook = createCacheBook(clock)
    const pruning = new Set<string>()
    const agentDoor = createAgentDoor({
      catalog,
      readers,
      clock,
      folder: folder.path,
      isPruning: (vaultId) => pruning.has(vaultId),
      onSnapshot(agentId, vaultId) {
        live.publish({ type: 'changed', kind: 'agent', id: agentId })
        void vaultWatch.look(vaultId, 'points')
      },
    })
    const dueRequests = createDueRequests({ catalog, settings, policies, cacheBook, onDefect })
    const rules = createRunRules({
      catalog,
      settings,
      executors,
      clock,
      chance,
      policies,
      async due(now) {
        health.beat()
        return dueRequests(now)
      },
    })
    const ports = createRunPorts({
      catalog,
      settings,
      readers,
      clock,
      version,
      applianceId,
      work: folder.work,
      missedFolder: folder.missed,
      folder,
      catalogCopy: { catalog, key, catalogKey, appliance: () => settings.current.name, now: () => clock.now() },
      moment: options.moment ?? thisForgetMoment,
    })
    const engine = createEngine({
      catalog,
      executors,
      ports,
      rules,
      clock,
      chance,
      emit(event) {
        if (event.type === 'run' && event.run.kind === 'prune') notePrune(event.run)
        teller.tell(event)
      },
      onDefect,
    })
    const catalogBackups = createCatalogBackups({
      catalog,
      engine,
      onError: (error) => log.error({ err: error }, 'the catalog was not stored'),
      gathered: options.changesGathered,
    })
    const teller = createRunTeller({
      catalog,
      readers,
      log,
      publish: (event) => live.publish(event),
      progressOf: (id) => engine.progressOf(id),
      onEnd(run) {
        alerts.look()
        const isOfCache = run.kind === 'cache-build' || run.kind === 'cache-detach'
        if (isOfCache) noteOtherCache(run.vault_id)
        if (isOfCache || MOVES_POINTS.has(run.kind)) void noteSentPoints(run.vault_id).catch(told)
        // Perhaps it failed because the vault is not there: that is to be said of the vault, too.
        void vaultWatch.look(run.vault_id, run.state === 'failed' || isOfCache ? 'points' : 'room')
        if (runKind(run.kind).isWorthCopy) catalogBackups.noteChange()
      },
    })
    /** An agent brings nothing while a prune may remove what it refers to. */
    function notePrune({ vault_id, state }: RunRow): void {
      if (isEnd(state as RunState)) pruning.delete(vault_id)
      else if (state === 'running' || state === 'cancelling') pruning.add(vault_id)
    }
    /** From now on whoever works on the vault does so by another way. */
    function noteOtherCache(vaultId: string): void {
      readers.forget(vaultId)
      agentDoor.letGo(vaultId)
      live.publish({ type: 'changed', kind: 'cache', id: vaultId })
    }
    /** The catalog knows what is in the cloud also while the cache is away. */
    async function noteSentPoints(vaultId: string): Promise<void> {
      const vault = await vaultRows.find(catalog.rows, vaultId)
      const cache = vault && usedCache(vault, await findCache(catalog.rows, vaultId))
      if (cache === undefined) return
      const points = await cacheBook.points(cache)
      if ((await noteOffSite(catalog.rows, vaultId, points.offSite(), clock.now())) > 0)
        live.publish({ type: 'changed', kind: 'point', id: vaultId })
    }
    const passwords = createPasswords()
    const firstStart = createFirstStart(catalog)
    const signIn = createSignIn({
      catalog,
      passwords,
      key,
      clock,
      chance,
      sessionLength: () => settings.current.sessionHours * HOUR,
    })
    let consoleUrl: string | null = null
    const alerts = createAlertWatch({
      catalog,
      settings,
      key,
      clock,
      chance,
      log,
      dataFolder: folder.path,
      cacheBook,
      consoleUrl: () => consoleUrl,
      onAlert: (alert) => publish({ type: 'alert', alert: alertDto(alert) }),
    })
    const tools: Tools = {
      catalog,
      engine,
      settings,
      folder,
      programFolder: options.programFolder,
      key,
      passwords,
      signIn,
      firstStart,
      catalogKey,
      readers,
      cacheBook,
      agentDoor,
      publish,
      clock,
      chance,
      log,
      version,
      startedAt,
      lookAtVault: (id) => vaultWatch.look(id, 'thorough'),
      lookAtAlerts: () => alerts.look(),
      delivery: alerts.delivery,
      health,
    }

    async function lookAround(): Promise<void> {
      const kept = clock.now() - settings.current.logDays * 24 * HOUR
      await removeLogsBefore(catalog.rows, kept)
      await removeMissedLogs(folder.missed, kept)
      await vaultWatch.lookAtAll()
    }

    // From here on nothing fails any more: what has begun to work is stopped by `close` alone.
    const setupToken = await firstStart.newToken()
    await engine.start()
    alerts.start()
    void catalogBackups.catchUp().catch(told)
    let looking = lookAround().catch(told)
    const timer = setInterval(() => {
      looking = lookAround().catch(told)
    }, LOOK_EVERY)
    timer.unref()
    log.info({ version, folder: folder.path }, 'the appliance is at work')

    return {
      operations: operationsOf(tools, eventOperations(live)),
      version,
      setupToken,
      noteConsole: (url) => void (consoleUrl = url),
      listen: settings.current.listen,
      vaultDoor: { ...settings.current.vaultDoor, agents: agentDoor },
      authenticate: (secret, kind) => signIn.authenticate(secret, kind),
      download: (wanted, call) => downloadEntry(tools, wanted, call),
      async record({ actor, address, operation, object, outcome, input, told: came }) {
        await insertAudit(catalog.rows, {
          id: newId(clock, chance),
          at: clock.now(),
          actor,
          address,
          operation,
          object,
          outcome,
          details: JSON.stringify({ ...detailsOf(input), ...came }),
        })
      },
      health: () => health.check(),
      metrics: () => metricsText(tools),
      async close() {
        health.stop()
        clearInterval(timer)
        catalogBackups.close()
        await engine.stop({ within: STOP_WITHIN })
        await vaultWatch.close()
        await teller.close()
        await alerts.close()
        await looking
        await readers.close()
        agentDoor.close()
        cacheBook.close()
        await catalog.close()
        log.info('the appliance has stopped')
      },
    }
  } catch (error) {
    await catalog.close()
    throw error instanceof CoreError
      ? error
      : new CoreError('internal/defect', 'The appliance could not be started.', { cause: error })
  }
}

/** What was given, without secrets. */
function detailsOf(input: unknown): object {
  const details = redactDetails(input) ?? {}
  return typeof details === 'object' ? details : { input: details }
}

function operationsOf(tools: Tools, events: Operations['events']): Operations {
  return {
    health: healthOperations(tools),
    setup: setupOperations(tools),
    session: sessionOperations(tools),
    account: accountOperations(tools),
    overview: overviewOperations(tools),
    vaults: vaultOperations(tools),
    caches: cacheOperations(tools),
    agents: agentOperations(tools),
    sources: sourceOperations(tools),
    policies: policyOperations(tools),
    sets: backupSetOperations(tools),
    runs: runOperations(tools),
    points: pointOperations(tools),
    restores: restoreOperations(tools),
    alerts: alertOperations(tools),
    events,
    audit: auditOperations(tools),
    users: userOperations(tools),
    tokens: tokenOperations(tools),
    settings: settingsOperations(tools),
  }
}
