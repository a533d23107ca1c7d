import { type Chance, type Clock, CoreError, newId, sleep } from '../../base/index.ts'
import { type Catalog, insertRun, type RunRow, runsInStates, setRows, type Rows } from '../../database/index.ts'
import { nextSkips } from '../../policy/index.ts'
import type { ExecutorPool } from '../executor/executor.ts'
import type { RunProgress } from '../process/report.ts'
import { compareQueued, decideStart, type Move, type QueuedRun } from '../queue/decide-start.ts'
import { type Cause, CAUSES } from '../state/cause.ts'
import { ACTIVE_STATES, isEnd, PENDING_STATES, type RunState } from '../state/run-state.ts'
import { type Attempt, type AttemptEnd, type AttemptTools, carryOut } from './attempt.ts'
import type { EngineEvent } from './engine-event.ts'
import { causeOfError, noteDone, noteFailed, noteInterrupted, noteStopped, unwantedBy } from './note-end.ts'
import { createRunBook, type RunChange, type RunNote } from './run-book.ts'
import { runOfRequest } from './run-of-request.ts'
import type { RunPorts } from './run-ports.ts'
import type { RunRequest, RunRules } from './run-rules.ts'
import { isUnclear } from './settle-interrupted.ts'
import { createSettlements } from './settlements.ts'
import { shareLimits } from './share-limits.ts'

export interface EngineOptions {
  readonly catalog: Catalog
  readonly executors: ExecutorPool
  readonly ports: RunPorts
  readonly rules: RunRules
  readonly clock: Clock
  readonly chance: Chance
  readonly emit: (event: EngineEvent) => void
  /** Told of what went wrong with the engine itself. */
  readonly onDefect: (error: unknown, what: string) => void
}

/** Carries runs out, as many at a time as may be, in their order. */
export interface Engine {
  /** Looks what became of runs that went on when the appliance ended, and begins to work. */
  start(): Promise<void>
  /** Asks for a run. Undefined where that scheduled time has made one already. */
  request(wanted: RunRequest): Promise<RunRow | undefined>
  /** Stops a run. Throws `object/not-found` and `object/conflict`. */
  cancel(id: string, by: string): Promise<RunRow>
  progressOf(id: string): RunProgress | undefined
  /** Looks at the queue soon: something has changed. */
  wake(): void
  /** Stops all runs, and waits until they have; those that have not when `within` milliseconds are over are ended. Resolves
   * not much later, whatever hangs. */
  stop(options: { readonly within: number }): Promise<void>
}

/** The queue is looked at whenever something happens, and at least so often. Milliseconds. */
const LOOK_EVERY = 15_000

/** What was ended is waited for so long: its end is written down. What hangs all the same is looked at by the next start. */
const KILLED_WITHIN = 2000

export function createEngine(options: EngineOptions): Engine {
  const { catalog, executors, ports, rules, clock, chance, emit, onDefect } = options
  const attempts = new Map<string, Attempt>()
  const finishing = new Set<Promise<void>>()
  const book = createRunBook(catalog, clock, (run) => emit({ type: 'run', run }))
  const tools: AttemptTools = {
    catalog,
    book,
    executors,
    ports,
    clock,
    chance,
    bytesPerSecond: async ({ id }) => (await storeLimits([...attempts.values()])).get(id),
    emit,
    onDefect,
  }
  const settlements = createSettlements(tools, rules, wake)
  let phase: 'new' | 'on' | 'stopping' = 'new'
  let looking: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined

  async function request(wanted: RunRequest): Promise<RunRow | undefined> {
    if (phase === 'stopping') throw stopping()
    const run = runOfRequest(wanted, newId(clock, chance), clock.now())
    if (!(await insertRun(catalog.rows, run))) return undefined
    emit({ type: 'run', run })
    wake()
    return run
  }

  function wake(): void {
    if (phase !== 'on') return
    if (looking) {
      again = true
      return
    }
    looking = lookAtQueue()
      .catch((error: unknown) => onDefect(error, 'the queue of runs'))
      .finally(() => {
        looking = undefined
        if (!again) return
        again = false
        wake()
      })
  }

  async function lookAtQueue(): Promise<void> {
    await interruptLost()
    await requestDue()
    const unsettled = await runsInStates(catalog.rows, ['interrupted'])
    settlements.begin(unsettled)
    const unsettledSets = new Set(
      unsettled.flatMap(({ kind, set_id }) => (kind === 'backup' && set_id ? [set_id] : [])),
    )
    const rows = await runsInStates(catalog.rows, [...PENDING_STATES])
    const limits = await rules.limits()
    const since = clock.now()
    const queue = rows
      .map((row) => ({ row, run: queuedRun(row) }))
      .toSorted((a, b) => compareQueued(a.run, b.run, since))
    const active = [...attempts.values()].map(({ run }) => queuedRun(run))
    const ahead: QueuedRun[] = []
    const held: { readonly seen: RunRow; readonly what: RunNote }[] = []
    for (const { row, run } of queue) {
      if (phase !== 'on') break
      try {
        await lookAt(row, run)
      } catch (error) {
        // One that cannot be decided holds up no other.
        onDefect(error, `the beginning of run ${run.id}`)
      }
    }
    // At once: a hundred that come due in the same minute cost one commit.
    await book.noteAll(held)
    if (phase !== 'on') return
    await followLimits()

    async function lookAt(row: RunRow, run: QueuedRun): Promise<void> {
      const now = clock.now()
      const decision = decideStart(run, {
        now,
        limits,
        active,
        ahead,
        unsettledSets,
        windowOpens: await rules.windowOpens(row, now),
        executorDown: await rules.executorDown(row, now),
      })
      if (decision.action === 'begin') {
        const begun = await begin(row, decision.move)
        if (begun) active.push(queuedRun(begun))
      } else {
        const { action, cause } = decision
        if (action !== 'hold') await keepOut(row, action, cause)
        // Nothing is written where nothing has changed.
        else if (row.state !== 'waiting' || row.cause_code !== cause.code)
          held.push({ seen: row, what: { event: action, cause } })
        if (decision.isReady === true) ahead.push(run)
      }
    }
  }

  /** What is not understood of policies and settings holds up nothing that was asked for already. */
  async function requestDue(): Promise<void> {
    try {
      const due = await rules.due(clock.now())
      // Where the appliance is being stopped, all of it is due still when it is started again.
      if (due === undefined || phase !== 'on') return
      // Those of one millisecond do not sort as they were drawn.
      const ids = due.requests.map(() => newId(clock, chance)).toSorted()
      const asked = await catalog.transaction(async (rows) => {
        const runs: RunRow[] = []
        for (const [index, wanted] of due.requests.entries()) {
          const run = runOfRequest(wanted, ids[index] ?? newId(clock, chance), clock.now())
          // A scheduled time makes one run, however often it is asked for.
          if (await insertRun(rows, run)) runs.push(run)
        }
        await due.note(rows)
        return runs
      })
      for (const run of asked) emit({ type: 'run', run })
    } catch (error) {
      onDefect(error, 'what the schedule asks for')
    }
  }

  async function keepOut(row: RunRow, event: 'skip' | 'refuse' | 'expire', cause: Cause): Promise<void> {
    await book.note(row, { event, cause, also: event === 'skip' ? (rows) => countSkip(rows, row) : undefined })
  }

  async function begin(row: RunRow, move: Move | undefined): Promise<RunRow | undefined> {
    const executor = executors.others.find(({ id }) => id === move?.to) ?? executors.assigned
    const run = await book.note(row, {
      event: 'begin',
      cause: move?.cause ?? CAUSES.begun,
      change: {
        attempt: row.attempt + 1,
        started_at: row.started_at ?? clock.now(),
        not_before: null,
        committing: null,
        process: null,
        executor: executor.id,
      },
    })
    if (!run) return undefined
    const going = carryOut(run, executor, tools)
    attempts.set(run.id, going)
    const end = finish(going)
      .catch((error: unknown) => onDefect(error, `the end of run ${run.id}`))
      .finally(() => finishing.delete(end))
    finishing.add(end)
    return run
  }

  async function finish(going: Attempt): Promise<void> {
    const { run } = going
    try {
      await noteEnd(run, await going.ended)
    } finally {
      attempts.delete(run.id)
      wake()
    }
  }

  async function noteEnd(run: RunRow, end: AttemptEnd): Promise<void> {
    if (end.type === 'done') return noteDone(run, end.outcome, tools)
    const stopped = phase === 'stopping' ? CAUSES.stopping : CAUSES.ended
    if (isUnclear(await book.find(run.id))) {
      settlements.remember(run.id, end)
      return noteInterrupted(run, tools, end.type === 'failed' ? causeOfError(end.error) : stopped)
    }
    if (end.type === 'failed') return noteFailed(run, end.error, tools, rules)
    return noteStopped(run, tools, stopped)
  }

  async function followLimits(): Promise<void> {
    const going = [...attempts.values()]
    const limits = await storeLimits(going)
    for (const attempt of going) attempt.limit(limits.get(attempt.run.id))
  }

  /** What each of the runs that go on may store a second; one that is not named may store as fast as can be. */
  async function storeLimits(going: readonly Attempt[]): Promise<Map<string, number>> {
    const limited = []
    for (const { run } of going) {
      const limit = await rules.storeLimit(run, clock.now())
      if (limit) limited.push({ run, limit })
    }
    return shareLimits(limited)
  }

  /** Runs that go on by the catalog, and of which nobody here carries an attempt out. */
  async function interruptLost(): Promise<void> {
    for (const run of await runsInStates(catalog.rows, [...ACTIVE_STATES]))
      if (!attempts.has(run.id)) await noteInterrupted(run, tools, phase === 'new' ? CAUSES.interrupted : CAUSES.lost)
  }

  return {
    async start() {
      await interruptLost()
      phase = 'on'
      for (const executor of [executors.assigned, ...executors.others]) executor.onChange(wake)
      timer = setInterval(wake, LOOK_EVERY)
      wake()
    },
    request,
    async cancel(id, by) {
      for (;;) {
        const run = await book.find(id)
        if (isEnd(run.state as RunState)) throw ended(run)
        const hasBegun = !(PENDING_STATES as readonly string[]).includes(run.state)
        const noted = await book.note(run, { event: 'cancel', cause: unwantedBy(by, hasBegun) })
        // It went on in between: what it is now says whether it can be stopped still.
        if (!noted) continue
        attempts.get(id)?.stop()
        wake()
        return noted
      }
    },
    progressOf: (id) => attempts.get(id)?.progress,
    wake,
    async stop({ within }) {
      phase = 'stopping'
      clearInterval(timer)
      const deadline = new AbortController()
      const isOver = sleep(within, deadline).catch(() => undefined)
      // First of all: a vault that does not answer keeps nobody from being told.
      for (const going of attempts.values()) going.stop()
      const settled = settlements.stop()
      await Promise.race([looking, isOver])
      // What began while that was going on, too.
      for (const going of attempts.values()) going.stop()
      // Their ends are written down.
      const ends = Promise.all(finishing)
      await Promise.race([Promise.all([ends, settled]), isOver])
      for (const going of attempts.values()) going.kill()
      await Promise.race([ends, sleep(KILLED_WITHIN, deadline).catch(() => undefined)])
      deadline.abort()
    },
  }
}

/** NAS-6: how often in a row a set was skipped. */
async function countSkip(rows: Rows, { set_id, kind }: RunRow): Promise<RunChange | undefined> {
  const set = set_id === null || kind !== 'backup' ? undefined : await setRows.find(rows, set_id)
  if (set) await setRows.update(rows, set.id, { skips: nextSkips(set.skips, 'skip') })
  return undefined
}

function queuedRun(row: RunRow): QueuedRun {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state as RunState,
    trigger: row.trigger,
    setId: row.set_id,
    sourceId: row.source_id,
    vaultId: row.vault_id,
    attempt: row.attempt,
    queuedAt: row.queued_at,
    notBefore: row.not_before,
    expiresAt: row.expires_at,
  }
}

function stopping(): CoreError {
  return new CoreError('service/unavailable', 'The appliance is being stopped, and begins nothing new.', {
    retryable: true,
    safety: 'Nothing was changed.',
    remedy: 'Try again when it has been started again.',
  })
}

function ended({ id }: RunRow): CoreError {
  return new CoreError('object/conflict', 'The run has ended already.', {
    safety: 'Nothing was changed.',
    remedy: 'Look at how it ended.',
    context: { id },
  })
}
