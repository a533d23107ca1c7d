import { arrivedError, type CarriedError, type Clock, CoreError, isCode, newId, type Chance } from '../../base/index.ts'
import {
  addEvent,
  addMissed,
  allPoints,
  type Catalog,
  clearAttempt,
  findRun,
  type PointRow,
  type RunRow,
  type Rows,
  savePoint,
  saveStep,
  updatePoints,
  updateRun,
} from '../../database/index.ts'
import type { Executor, Task } from '../executor/executor.ts'
import type { FromProcess } from '../process/messages.ts'
import type { MadePoint, MissedEntry, Outcome, RunProgress, StepReport } from '../process/report.ts'
import { type Cause, CAUSES } from '../state/cause.ts'
import type { EngineEvent } from './engine-event.ts'
import type { RunBook } from './run-book.ts'
import type { RunPorts } from './run-ports.ts'

/** How an attempt ended, for whoever decides what comes next. */
export type AttemptEnd =
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'stopped' }

export interface AttemptTools {
  readonly catalog: Catalog
  readonly book: RunBook
  readonly executor: Executor
  readonly ports: RunPorts
  readonly clock: Clock
  readonly chance: Chance
  readonly emit: (event: EngineEvent) => void
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
export function carryOut(run: RunRow, tools: AttemptTools): Attempt {
  const { catalog, executor, ports, clock, emit } = tools
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
      const order = await ports.order(run, await ports.vaultAccess(run.vault_id))
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
    try {
      return await ended
    } finally {
      await ports.release(run)
    }
  }

  return {
    run,
    get progress() {
      return progress
    },
    ended: released(),
    stop() {
      if (wanted === 'go') wanted = 'stop'
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

/** Writes down what came of an attempt that is done, in one transaction with its end. */
export async function noteDone(run: RunRow, outcome: Outcome, tools: AttemptTools): Promise<RunRow | undefined> {
  const { book, clock, chance, emit } = tools
  const now = await findRun(tools.catalog.rows, run.id)
  if (!now) return undefined
  const points: string[] = []
  const pointId = outcome.point && newId(clock, chance)
  const cause: Cause = outcome.cause ?? CAUSES.done
  const event =
    outcome.ending === 'done' ? 'done' : outcome.ending === 'warning' ? 'done-with-warnings' : 'attempt-failed'
  const result = JSON.stringify({ ...outcome.figures, ...(pointId !== undefined && { pointId }) })
  const noted = await book.note(now, event, cause, { result, process: null }, async (rows) => {
    if (outcome.point && pointId !== undefined) {
      const saved = await savePoint(rows, pointRow(pointId, run, outcome.point))
      points.push(saved.id)
      if (run.set_id !== null)
        await rows.updateTable('backup_set').set({ skips: 0 }).where('id', '=', run.set_id).execute()
    }
    if (outcome.removed) points.push(...(await markRemoved(rows, run.vault_id, outcome.removed, clock.now())))
    await noteUpkeep(rows, run, outcome, clock.now())
  })
  if (noted) for (const id of points) emit({ type: 'point', id })
  return noted
}

export function pointRow(id: string, run: Pick<RunRow, 'vault_id' | 'set_id' | 'id'>, made: MadePoint): PointRow {
  return {
    id,
    vault_id: run.vault_id,
    set_id: run.set_id,
    run_id: run.id,
    snapshot_id: made.snapshotId,
    host: made.host,
    roots: JSON.stringify(made.roots),
    started_at: made.startedAt,
    completed_at: made.completedAt,
    time_zone: made.timeZone,
    kind: made.kind,
    files_missed: made.filesMissed,
    is_complete: made.isComplete ? 1 : 0,
    files: made.files ?? null,
    bytes: made.bytes ?? null,
    bytes_added: made.bytesAdded ?? null,
    kept_until: null,
    removed_at: null,
  }
}

async function markRemoved(rows: Rows, vaultId: string, snapshots: readonly string[], now: number): Promise<string[]> {
  const gone = new Set(snapshots)
  const points = (await allPoints(rows, { vaultId })).filter(({ snapshot_id }) => gone.has(snapshot_id))
  const ids = points.map(({ id }) => id)
  await updatePoints(rows, ids, { removed_at: now })
  return ids
}

/** When a vault was looked after last, and what came of it. */
async function noteUpkeep(rows: Rows, run: RunRow, { ending, figures }: Outcome, now: number): Promise<void> {
  const vault = rows.updateTable('vault').where('id', '=', run.vault_id)
  if (run.kind === 'check') await vault.set({ checked_at: now, check_damages: figures['damages'] ?? 0 }).execute()
  if (run.kind === 'prune' && ending !== 'failed') await vault.set({ pruned_at: now }).execute()
  if (run.kind === 'catalog-backup' && ending === 'done') await vault.set({ catalog_at: now }).execute()
  if (run.kind === 'verify' && ending !== 'failed') {
    await vault.set({ verified_at: now }).execute()
    if (run.set_id !== null)
      await rows.updateTable('backup_set').set({ verified_at: now }).where('id', '=', run.set_id).execute()
  }
}

/** Whether the same may succeed when it is simply done again later. */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof CoreError)) return false
  return error.retryable || isCode(error, 'repository/locked') || isCode(error, 'storage/unreachable')
}

/** What a person is told of an error that ended a run. */
export function causeOfError(error: unknown): Cause {
  if (error instanceof CoreError) {
    return {
      code: error.code,
      text: [error.message, error.safety].filter((part) => part !== undefined).join(' '),
      remedy: error.remedy,
    }
  }
  const defect = new CoreError('internal/defect', 'Holdfast failed in a way it does not know.', { cause: error })
  return { code: defect.code, text: `${defect.message} ${defect.safety ?? ''}`, remedy: defect.remedy }
}
