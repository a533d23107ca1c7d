import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { input as Input } from 'zod'

import { createCacheBook } from '../../core/appliance/caches/cache-book.ts'
import type { SettingsStore } from '../../core/appliance/data/settings-store.ts'
import { createParsedPolicies } from '../../core/appliance/present/parsed-policies.ts'
import { createRunRules } from '../../core/appliance/runs/run-rules.ts'
import { createDueRequests } from '../../core/appliance/upkeep/due-requests.ts'
import { CoreError, sleep } from '../../core/base/index.ts'
import { PolicySettings, SETTING_DEFAULTS } from '../../core/contract/index.ts'
import {
  type BackupSetRow,
  type Catalog,
  findRun,
  openCatalog,
  policyRows,
  type RunRow,
  setRows,
  sourceRows,
  vaultRows,
} from '../../core/database/index.ts'
import {
  CAUSES,
  createEngine,
  type Engine,
  type EngineEvent,
  type Order,
  type RunPorts,
  type RunRequest,
  type RunRules,
} from '../../core/job/index.ts'
import type { Workload } from '../../core/policy/index.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeExecutor, type FakeExecutor, type FakeTask } from './fake-executor.ts'
import { seededChance } from './seeded-chance.ts'

/** An engine on a catalog of its own, with the appliance's own rules; what carries runs out is the test. */
export interface EngineScene extends AsyncDisposable {
  readonly folder: string
  readonly catalog: Catalog
  readonly clock: FakeClock
  readonly executor: FakeExecutor
  readonly engine: Engine
  readonly defects: string[]
  readonly events: EngineEvent[]
  /** What the engine is given; a test may exchange it. */
  readonly ports: { -readonly [K in keyof RunPorts]: RunPorts[K] }
  /** What the schedule asks for, each time that the queue is looked at; beside what policies ask for. */
  due: RunRequest[]
  /** Waited for before what came due is asked for. */
  beforeAsking: () => Promise<void>
  request(of?: Partial<RunRequest>): Promise<RunRow>
  run(id: string): Promise<RunRow>
  set(): Promise<BackupSetRow>
  /** Looks at the queue until the run is so. */
  until(id: string, state: string, cause?: string): Promise<RunRow>
  /** Lets the engine do what it can do now. */
  settle(): Promise<void>
  /** The attempt that began last. */
  task(count: number): Promise<FakeTask>
  /** Ends the service as SIGKILL does, as far as the catalog can tell, and starts it anew. */
  restart(options?: { readonly orderly?: boolean }): Promise<void>
}

const NOW = Date.UTC(2026, 10, 22, 12)

export interface SceneOptions {
  /** Members of a policy's settings. */
  readonly policy?: Partial<Input<typeof PolicySettings>>
  readonly workload?: Workload
  readonly executor?: FakeExecutor
  /** Those of its pool. */
  readonly others?: readonly FakeExecutor[]
  /** The schedule of the policy counts. Without: no run comes by itself. */
  readonly isScheduled?: boolean
  /** So many backup sets. */
  readonly sets?: number
  readonly limits?: { readonly mostRuns: number; readonly mostRunsPerSource: number; readonly mostRunsPerVault: number }
}

export async function openEngineScene(options: SceneOptions = {}): Promise<EngineScene> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-engine-'))
  const catalog = await openCatalog(join(folder, 'catalog.db'))
  const clock = createFakeClock(NOW)
  const executor = options.executor ?? createFakeExecutor()
  const executors = { assigned: executor, others: options.others ?? [] }
  const chance = seededChance('engine')
  const limits = options.limits ?? { mostRuns: 4, mostRunsPerSource: 4, mostRunsPerVault: 4 }
  const defects: string[] = []
  const events: EngineEvent[] = []
  await insertConfigured(catalog, folder, options)
  const ports: EngineScene['ports'] = {
    vaultAccess: (id) =>
      Promise.resolve({
        id,
        name: 'first',
        place: { kind: 'directory', path: join(folder, 'vault') },
        password: 'p',
      }),
    order: (run, vault, bytesPerSecond) =>
      Promise.resolve({ runId: run.id, attempt: run.attempt, vault, kind: run.kind, bytesPerSecond } as Order),
    release: () => Promise.resolve(),
  }
  const settings = { current: { ...SETTING_DEFAULTS, timeZone: 'UTC', ...limits } } as unknown as SettingsStore
  const policies = createParsedPolicies()
  const onDefect = (error: unknown, what: string): void =>
    void defects.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  const rules = createRunRules({
    catalog,
    settings,
    executors,
    clock,
    chance,
    workload: options.workload,
    policies,
    async due(now) {
      const found = options.isScheduled === true ? await due(now) : undefined
      await scene.beforeAsking()
      if (!found && scene.due.length === 0) return undefined
      return { requests: [...scene.due, ...(found?.requests ?? [])], note: (rows) => found?.note(rows) ?? none() }
    },
  })
  const start = (): Engine => {
    // What a process remembers of schedules goes with it.
    due = createDueRequests({ catalog, settings, policies, cacheBook: createCacheBook(clock), onDefect })
    return createEngine({
      catalog,
      executors,
      ports: {
        vaultAccess: (id) => ports.vaultAccess(id),
        order: (run, vault, bytesPerSecond) => ports.order(run, vault, bytesPerSecond),
        release: (run) => ports.release(run),
      },
      rules,
      clock,
      chance,
      emit: (event) => void events.push(event),
      onDefect,
    })
  }
  let due: RunRules['due']
  let engine = start()

  const scene: EngineScene = {
    folder,
    catalog,
    clock,
    executor,
    get engine() {
      return engine
    },
    defects,
    events,
    ports,
    due: [],
    beforeAsking: none,
    async request(of = {}) {
      const run = await engine.request({
        kind: 'backup',
        trigger: 'manual',
        cause: CAUSES.asked,
        setId: 'set',
        sourceId: 'source',
        vaultId: 'vault',
        requestedBy: 'admin',
        mostAttempts: 3,
        wanted: {},
        ...of,
      })
      if (!run) throw new Error('the run was asked for before')
      return run
    },
    async run(id) {
      const run = await findRun(catalog.rows, id)
      if (!run) throw new Error(`there is no run ${id}`)
      return run
    },
    async set() {
      const set = await setRows.find(catalog.rows, 'set')
      if (!set) throw new Error('the backup set is gone')
      return set
    },
    async until(id, state, cause) {
      for (;;) {
        const run = await scene.run(id)
        if (run.state === state && (cause === undefined || run.cause_code === cause)) return run
        engine.wake()
        await sleep(2)
      }
    },
    async settle() {
      for (let round = 0; round < 5; round++) {
        engine.wake()
        await sleep(10)
      }
    },
    async task(count) {
      while (executor.tasks.length < count) {
        engine.wake()
        await sleep(2)
      }
      const task = executor.tasks[count - 1]
      if (!task) throw new Error(`there is no attempt ${count}`)
      return task
    },
    async restart({ orderly = false } = {}) {
      if (orderly) await engine.stop({ within: 50 })
      else {
        // Nothing more is written by it: what the catalog said at that moment is what the next one finds.
        const rows = await catalog.rows.selectFrom('run').selectAll().execute()
        await engine.stop({ within: 0 })
        for (const { id, ...row } of rows) await catalog.rows.updateTable('run').set(row).where('id', '=', id).execute()
      }
      engine = start()
      await engine.start()
    },
    async [Symbol.asyncDispose]() {
      await engine.stop({ within: 0 })
      await catalog.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await engine.start()
  return scene
}

function none(): Promise<void> {
  return Promise.resolve()
}

async function insertConfigured({ rows }: Catalog, folder: string, { policy, sets = 2 }: SceneOptions): Promise<void> {
  const removed = { removed_at: null, created_at: NOW }
  await vaultRows.insert(rows, {
    ...removed,
    id: 'vault',
    name: 'first',
    location: JSON.stringify({ kind: 'directory', path: join(folder, 'vault') }),
    repository_id: 'r',
    password_sealed: '',
    kit_exported_at: null,
    kit_exported_by: null,
    state: 'ready',
    problem: null,
    bytes_stored: null,
    bytes_free: null,
    bytes_total: null,
    measured_at: null,
    checked_at: null,
    check_damages: 0,
    damage_run_id: null,
    damage_needs_reading: 0,
    verified_at: null,
    pruned_at: null,
    forgot_at: null,
    forgot_moment: null,
    catalog_at: null,
  })
  await sourceRows.insert(rows, { ...removed, id: 'source', name: 'nas', settings: '{}' })
  const settings = PolicySettings.parse({
    schedule: { timeZone: 'UTC', rules: [] },
    retention: { days: 30, weeks: 0, months: 0, years: 0 },
    ...policy,
  })
  const text = JSON.stringify(settings)
  await policyRows.insert(rows, { ...removed, id: 'policy', name: 'daily', settings: text, changed_at: NOW })
  for (const id of ['set', 'other-set', ...Array.from({ length: sets - 2 }, (_, index) => `set-${index}`)])
    await setRows.insert(rows, {
      ...removed,
      id,
      name: id,
      source_id: 'source',
      vault_id: 'vault',
      policy_id: 'policy',
      content: '{}',
      is_enabled: 1,
      skips: 0,
      looked_at: NOW,
      verified_at: null,
    })
}

/** A failure that may pass. */
export function passing(): CoreError {
  return new CoreError('storage/unreachable', 'The vault did not answer.', {
    retryable: true,
    safety: 'Nothing is lost.',
  })
}
