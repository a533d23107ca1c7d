import { type Chance, type Clock, CoreError, isCode, newId } from '../../base/index.ts'
import { addEvent, type Catalog, insertRun, type RunRow, runsInStates } from '../../database/index.ts'
import type { Executor } from '../executor/executor.ts'
import type { RunProgress } from '../process/report.ts'
import { compareQueued, decideStart, type QueuedRun, type StartDecision } from '../queue/decide-start.ts'
import { CAUSES } from '../state/cause.ts'
import { ACTIVE_STATES, isEnd, PENDING_STATES, type RunState } from '../state/run-state.ts'
import { type Attempt, type AttemptTools, carryOut, causeOfError, isWorthRetrying, noteDone } from './attempt.ts'
import type { EngineEvent } from './engine-event.ts'
import { createRunBook } from './run-book.ts'
import type { RunPorts } from './run-ports.ts'
import type { RunRequest, RunRules } from './run-rules.ts'
import { settleInterrupted } from './settle-interrupted.ts'

export interface EngineOptions {
  readonly catalog: Catalog
  readonly executor: Executor
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
  /** Stops all runs, and waits until they have; those that have not when `within` milliseconds are over are ended. */
  stop(options: { readonly within: number }): Promise<void>
}

/** The queue is looked at whenever something happens, and at least so often. Milliseconds. */
const LOOK_EVERY = 15_000

export function createEngine(options: EngineOptions): Engine {
  const { catalog, executor, ports, rules, clock, chance, emit, onDefect } = options
  const attempts = new Map<string, Attempt>()
  const finishing = new Set<Promise<void>>()
  const book = createRunBook(catalog, clock, (run) => emit({ type: 'run', run }))
  const tools: AttemptTools = { catalog, book, executor, ports, clock, chance, emit }
  let phase: 'new' | 'on' | 'stopping' = 'new'
  let looking: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined

  async function request(wanted: RunRequest): Promise<RunRow | undefined> {
    if (phase === 'stopping') throw stopping()
    const now = clock.now()
    const run: RunRow = {
      id: newId(clock, chance),
      kind: wanted.kind,
      state: 'queued' satisfies RunState,
      trigger: wanted.trigger,
      cause_code: wanted.cause.code,
      cause_text: wanted.cause.text,
      set_id: wanted.setId,
      source_id: wanted.sourceId,
      vault_id: wanted.vaultId,
      requested_by: wanted.requestedBy,
      attempt: 0,
      most_attempts: wanted.mostAttempts,
      queued_at: now,
      started_at: null,
      ended_at: null,
      not_before: null,
      expires_at: wanted.expiresAt ?? null,
      scheduled_for: wanted.scheduledFor ?? null,
      wanted: JSON.stringify(wanted.wanted),
      result: null,
      remedy: null,
      needs_confirmation: 0,
      process: null,
      committing: null,
    }
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
    await rules.requestDue(clock.now(), request)
    const unsettled = await settle()
    const rows = await runsInStates(catalog.rows, [...PENDING_STATES])
    const limits = await rules.limits()
    const queue = rows.map((row) => ({ row, run: queuedRun(row) })).toSorted((a, b) => compareQueued(a.run, b.run))
    const active = [...attempts.values()].map(({ run }) => queuedRun(run))
    const ahead: QueuedRun[] = []
    for (const { row, run } of queue) {
      if (phase !== 'on') return
      const now = clock.now()
      const decision = decideStart(run, {
        now,
        limits,
        active,
        ahead,
        unsettledSets: unsettled,
        windowOpens: await rules.windowOpens(row, now),
        executorDown: await rules.executorDown(row, now),
      })
      if (decision.action === 'begin') {
        const begun = await begin(row)
        if (begun) active.push(queuedRun(begun))
      } else {
        await keepWaiting(row, decision)
        if (decision.action === 'hold') ahead.push(run)
      }
    }
    await followLimits()
  }

  async function keepWaiting(
    row: RunRow,
    { action, cause }: Exclude<StartDecision, { action: 'begin' }>,
  ): Promise<void> {
    // Nothing is written where nothing has changed.
    if (action === 'hold' && row.state === 'waiting' && row.cause_code === cause.code) return
    await book.note(row, action, cause)
  }

  async function begin(row: RunRow): Promise<RunRow | undefined> {
    const attempt = row.attempt + 1
    const run = await book.note(row, 'begin', CAUSES.begun, {
      attempt,
      started_at: row.started_at ?? clock.now(),
      not_before: null,
      committing: null,
      process: null,
    })
    if (!run) return undefined
    const going = carryOut(run, tools)
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
      const end = await going.ended
      if (end.type === 'done') await noteDone(run, end.outcome, tools)
      else if (end.type === 'failed') await noteFailed(run, end.error)
      else await noteStopped(run)
    } finally {
      attempts.delete(run.id)
      wake()
    }
  }

  async function noteFailed(run: RunRow, error: unknown): Promise<void> {
    const cause = causeOfError(error)
    const now = await book.find(run.id)
    const event = await addEvent(catalog.rows, {
      run_id: run.id,
      at: clock.now(),
      level: 'error',
      code: cause.code,
      message: [cause.text, cause.remedy].filter((part) => part !== undefined).join(' '),
      object: null,
    })
    emit({ type: 'log', event })
    if (!(error instanceof CoreError)) onDefect(error, `run ${run.id}`)
    const next =
      isWorthRetrying(error) && now.state === 'running' ? await rules.nextAttempt(now, clock.now()) : undefined
    if (next !== undefined) {
      const text = `Attempt ${run.attempt} of ${run.most_attempts} failed: ${cause.text}`
      await book.note(now, 'retry', { ...cause, code: 'retry', text }, { not_before: next, process: null })
      return
    }
    await book.note(now, 'attempt-failed', cause, {
      process: null,
      needs_confirmation: isCode(error, 'policy/unconfirmed') ? 1 : 0,
    })
  }

  async function noteStopped(run: RunRow): Promise<void> {
    const now = await book.find(run.id)
    // What the appliance stopped in order to end is not what a person wanted stopped: it is done again.
    const isWanted = now.state === 'cancelling'
    if (isWanted) await book.note(now, 'stopped', { ...CAUSES.cancelled, text: now.cause_text }, { process: null })
    else await book.note(now, 'interrupt', CAUSES.stopping)
  }

  /** Looks what became of interrupted runs. Returns the sets of those of which it is not known yet. */
  async function settle(): Promise<ReadonlySet<string>> {
    const unsettled = new Set<string>()
    for (const run of await runsInStates(catalog.rows, ['interrupted'])) {
      if (run.process === null) continue
      const isSettled = await settleInterrupted(run, tools, rules)
      if (!isSettled && run.set_id !== null) unsettled.add(run.set_id)
    }
    return unsettled
  }

  async function followLimits(): Promise<void> {
    for (const going of attempts.values()) going.limit(await rules.bytesPerSecond(going.run, clock.now()))
  }

  async function interruptLeft(): Promise<void> {
    for (const run of await runsInStates(catalog.rows, [...ACTIVE_STATES])) {
      await book.note(run, 'interrupt', CAUSES.interrupted, { process: run.process ?? JSON.stringify(null) })
    }
  }

  return {
    async start() {
      await interruptLeft()
      phase = 'on'
      executor.onChange(wake)
      timer = setInterval(wake, LOOK_EVERY)
      wake()
    },
    request,
    async cancel(id, by) {
      const run = await book.find(id)
      const state = run.state as RunState
      if (isEnd(state)) throw ended(run)
      const text = `Stopped by ${by}.`
      const noted = await book.note(run, 'cancel', { code: 'cancelled', text })
      attempts.get(id)?.stop()
      wake()
      // It went on in between: what it is now says whether it can be stopped still.
      return noted ?? this.cancel(id, by)
    },
    progressOf: (id) => attempts.get(id)?.progress,
    wake,
    async stop({ within }) {
      phase = 'stopping'
      clearInterval(timer)
      await looking
      for (const going of attempts.values()) going.stop()
      const late = setTimeout(() => {
        for (const going of attempts.values()) going.kill()
      }, within)
      // Their ends are written down, too.
      await Promise.all(finishing)
      clearTimeout(late)
    },
  }
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
