import { arrivedError, type CarriedError, type Chance, type Clock, CoreError } from '../../base/index.ts'
import {
  addEvent,
  addMissed,
  type Catalog,
  clearAttempt,
  type RunRow,
  saveStep,
  updateCache,
  updateRun,
} from '../../database/index.ts'
import type { Executor, ExecutorPool, Task } from '../executor/executor.ts'
import type { FromProcess } from '../process/messages.ts'
import type { MissedEntry, Outcome, RunProgress, StepReport } from '../process/report.ts'
import type { EngineEvent } from './engine-event.ts'
import type { RunBook } from './run-book.ts'
import type { RunPorts } from './run-ports.ts'

/** An attempt that was not brought to its end. */
export type BrokenEnd = { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'stopped' }

/** How an attempt ended, for whoever decides what comes next. */
export type AttemptEnd = BrokenEnd | { readonly type: 'done'; readonly outcome: Outcome }

export interface AttemptTools {
  readonly catalog: Catalog
  readonly book: RunBook
  readonly executors: ExecutorPool
  readonly ports: RunPorts
  readonly clock: Clock
  readonly chance: Chance
  /** How fast the run may store now, beside all others that go on; undefined: as fast as can be. */
  readonly bytesPerSecond: (run: RunRow) => Promise<number | undefined>
  readonly emit: (event: EngineEvent) => void
  /** Told of what went wrong with the engine itself. */
  readonly onDefect: (error: unknown, what: string) => void
}

/** An attempt that goes on. */
export interface Attempt {
  readonly run: RunRow
  readonly progress: RunProgress | undefined
  readonly ended: Promise<AttemptEnd>
  stop(): void
  kill(): void
  limit(bytesPerSecond: number | undefined): void
}

/** Of one attempt no more are listed; how many there were its figures say. */
const MOST_MISSED = 100_000

/** Carries an attempt out, and writes down what its process tells. `run` is as it was when the attempt began. */
export function carryOut(run: RunRow, executor: Executor, tools: AttemptTools): Attempt {
  const { catalog, ports, clock, emit } = tools
  let task: Task | undefined
  let wanted: 'go' | 'stop' | 'kill' = 'go'
  let progress: RunProgress | undefined
  let missed = 0
  // What is told is written in the order in which it was told, and the end comes last.
  let writing: Promise<unknown> = Promise.resolve()
  let failure: unknown

  function write(work: () => Promise<void>): void {
    writing = writing.then(work).catch((error: unknown) => {
      // A catalog that cannot be written ends the attempt: nobody could say what it did.
      failure ??= error
      task?.kill()
    })
  }

  const ended = new Promise<AttemptEnd>((resolve) => {
    let told: AttemptEnd | undefined

    function hear(message: FromProcess): void {
      switch (message.type) {
        case 'progress':
          progress = message.progress
          emit({ type: 'progress', runId: run.id, progress })
          break
        case 'step':
          write(() => noteStep(message.step))
          break
        case 'log':
          write(async () => {
            const { level, code, message: text, object = null } = message.line
            const event = await addEvent(catalog.rows, {
              run_id: run.id,
              at: clock.now(),
              level,
              code,
              message: text,
              object,
            })
            emit({ type: 'log', event })
          })
          break
        case 'missed':
          write(() => noteMissed(message.entries))
          break
        case 'may-write':
          write(async () => task?.fence(await mayWrite(catalog, run)))
          break
        case 'bypasses':
          write(() => updateCache(catalog.rows, run.vault_id, { bypassed_at: clock.now() }))
          break
        case 'done':
          told = { type: 'done', outcome: message.outcome }
          break
        case 'failed':
          told = { type: 'failed', error: arrivedError(message.error satisfies CarriedError) }
          break
        case 'stopped':
          told = { type: 'stopped' }
          break
        case 'ready':
          break
      }
    }

    async function begin(): Promise<void> {
      await clearAttempt(catalog.rows, run.id)
      const vault = await ports.vaultAccess(run.vault_id)
      const order = await ports.order(run, vault, await tools.bytesPerSecond(run))
      if (wanted !== 'go') return resolve({ type: 'stopped' })
      task = executor.start(order, {
        onMessage: hear,
        onEnd(reason) {
          void writing.then(() =>
            resolve(failure === undefined ? (told ?? endedEarly(reason, wanted)) : { type: 'failed', error: failure }),
          )
        },
      })
      const { process } = task
      write(async () => {
        await updateRun(
          catalog.rows,
          { id: run.id, state: 'running', attempt: run.attempt },
          {
            process: JSON.stringify(process ?? null),
          },
        )
      })
      return undefined
    }

    begin().catch((error: unknown) => resolve({ type: 'failed', error }))
  })

  async function noteStep({ id, parent, name, state }: StepReport): Promise<void> {
    const now = clock.now()
    const step = {
      run_id: run.id,
      id,
      parent,
      name,
      state,
      started_at: now,
      ended_at: state === 'running' ? null : now,
    }
    await saveStep(catalog.rows, step)
    emit({ type: 'step', step })
  }

  async function noteMissed(entries: readonly MissedEntry[]): Promise<void> {
    const some = entries.slice(0, Math.max(0, MOST_MISSED - missed))
    await addMissed(catalog.rows, run.id, missed, some)
    missed += some.length
  }

  async function released(): Promise<AttemptEnd> {
    const end = await ended
    // What cannot be tidied up is no reason to forget how the attempt ended.
    await ports.release(run).catch((error: unknown) => tools.onDefect(error, `letting go of what run ${run.id} needed`))
    return end
  }

  return {
    run,
    get progress() {
      return progress
    },
    ended: released(),
    stop() {
      if (wanted !== 'go') return
      wanted = 'stop'
      task?.stop()
    },
    kill() {
      wanted = 'kill'
      task?.kill()
    },
    limit: (bytesPerSecond) => task?.limit(bytesPerSecond),
  }
}

function endedEarly(reason: string, wanted: 'go' | 'stop' | 'kill'): AttemptEnd {
  if (wanted !== 'go') return { type: 'stopped' }
  const error = new CoreError('service/unavailable', `The run broke off: ${reason}.`, {
    retryable: true,
    safety: 'Stored data is safe. What was stored so far is not stored again.',
    remedy: 'Look whether the computer ran out of memory. If it comes back, report it with the log of the service.',
  })
  return { type: 'failed', error }
}

/** The fence: of all attempts the one that the catalog knows to go on, and only until somebody wants it stopped. */
async function mayWrite(catalog: Catalog, run: RunRow): Promise<boolean> {
  const seen = { id: run.id, state: 'running', attempt: run.attempt }
  return (await updateRun(catalog.rows, seen, { committing: run.attempt })) !== undefined
}
