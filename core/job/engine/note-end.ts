import { CoreError, isCode, newId } from '../../base/index.ts'
import {
  addEvent,
  snapshotsOfPoints,
  type PointRow,
  type RunEventRow,
  type RunRow,
  type Rows,
  savePoint,
  updatePoints,
} from '../../database/index.ts'
import type { MadePoint, Outcome } from '../process/report.ts'
import { type Cause, CAUSES } from '../state/cause.ts'
import type { RunEvent } from '../state/run-state.ts'
import type { AttemptTools } from './attempt.ts'
import { noteCache } from './note-cache.ts'
import { noteCheck } from './note-check.ts'
import { noteVerify } from './note-verify.ts'
import type { RunChange } from './run-book.ts'
import type { RunRules } from './run-rules.ts'

const ENDINGS: Readonly<Record<Outcome['ending'], RunEvent>> = {
  done: 'done',
  warning: 'done-with-warnings',
  failed: 'attempt-failed',
}

/** Writes down what came of an attempt that is done, in one transaction with its end. */
export async function noteDone(run: RunRow, outcome: Outcome, tools: AttemptTools): Promise<void> {
  const { book, clock, emit } = tools
  const points: string[] = []
  const result = JSON.stringify(outcome.figures)
  const noted = await book.noteOf(run, () => ({
    event: ENDINGS[outcome.ending],
    cause: outcome.cause ?? CAUSES.done,
    change: { result, process: null },
    async also(rows) {
      points.length = 0
      if (outcome.removed) points.push(...(await markRemoved(rows, run.vault_id, outcome.removed, clock.now())))
      await noteUpkeep(rows, run, outcome, clock.now())
      if (!outcome.point) return undefined
      const { id, change } = await noteMade(rows, run, outcome.point, outcome.figures, tools)
      points.push(id)
      return change
    },
  }))
  if (noted) for (const id of points) emit({ type: 'point', id })
}

/** Notes the recovery point that a run has made: perhaps somebody who looked into the vault has noted it before. */
export async function noteMade(
  rows: Rows,
  run: RunRow,
  made: MadePoint,
  figures: Outcome['figures'],
  { executors, clock, chance }: AttemptTools,
): Promise<{ readonly id: string; readonly change: RunChange }> {
  const { id } = await savePoint(rows, pointRow(newId(clock, chance), run, made))
  // NAS-7: where another proxy has taken over, the assigned one is away still, and the next run moves at once.
  if (run.set_id !== null && run.executor === executors.assigned.id)
    await rows.updateTable('backup_set').set({ skips: 0 }).where('id', '=', run.set_id).execute()
  return { id, change: { result: JSON.stringify({ ...figures, pointId: id }) } }
}

function pointRow(id: string, run: Pick<RunRow, 'vault_id' | 'set_id' | 'id'>, made: MadePoint): PointRow {
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
    off_site_at: null,
  }
}

/** Returns which points of the catalog these snapshots are. */
export async function markRemoved(
  rows: Rows,
  vaultId: string,
  snapshots: readonly string[],
  now: number,
): Promise<string[]> {
  const gone = new Set(snapshots)
  const points = (await snapshotsOfPoints(rows, vaultId)).filter(({ snapshot_id }) => gone.has(snapshot_id))
  const ids = points.map(({ id }) => id)
  await updatePoints(rows, ids, { removed_at: now })
  return ids
}

/** When a vault was looked after last, and what came of it. */
export async function noteUpkeep(
  rows: Rows,
  run: RunRow,
  outcome: Pick<Outcome, 'ending' | 'figures' | 'cause'>,
  now: number,
): Promise<void> {
  const { ending, figures } = outcome
  await noteCache(rows, run, outcome, now)
  const vault = rows.updateTable('vault').where('id', '=', run.vault_id)
  const grown = (figures['bytesStored'] ?? 0) - (figures['bytesFreed'] ?? 0)
  // Until the vault is measured again. Null stays null: it never was.
  if (grown !== 0)
    await vault
      .set((eb) => {
        const next = eb('bytes_stored', '+', grown)
        return { bytes_stored: eb.case().when(next, '<', 0).then(0).else(next).end() }
      })
      .execute()
  if (run.kind === 'check') await noteCheck(rows, run, figures['damages'] ?? 0, now)
  if (run.kind === 'verify') await noteVerify(rows, run, figures['filesLost'] ?? 0)
  if (run.kind === 'prune' && ending !== 'failed') await vault.set({ pruned_at: now }).execute()
  if (run.kind === 'catalog-backup' && ending === 'done') await vault.set({ catalog_at: now }).execute()
  if (run.kind === 'verify' && ending !== 'failed') {
    await vault.set({ verified_at: now }).execute()
    if (run.set_id !== null)
      await rows.updateTable('backup_set').set({ verified_at: now }).where('id', '=', run.set_id).execute()
  }
}

/** Writes down an attempt that failed: another one comes, where that may help and the run may be tried again. */
export async function noteFailed(run: RunRow, error: unknown, tools: AttemptTools, rules: RunRules): Promise<void> {
  const { catalog, book, clock, emit, onDefect } = tools
  const cause = causeOfError(error)
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
  const next = isWorthRetrying(error) ? await rules.nextAttempt(run, clock.now()) : undefined
  await book.noteOf(run, (now) => {
    if (isUnwanted(now)) return { event: 'stopped', cause: cancelledAs(now), change: { process: null } }
    if (next === undefined) {
      const needsConfirmation = isCode(error, 'policy/unconfirmed') ? 1 : 0
      return {
        event: 'attempt-failed',
        cause,
        change: { process: null, needs_confirmation: needsConfirmation },
      }
    }
    const text = `Attempt ${run.attempt} of ${run.most_attempts} failed: ${cause.text}`
    return { event: 'retry', cause: { ...cause, code: 'retry', text }, change: { not_before: next, process: null } }
  })
}

/** Writes down an attempt that was stopped. What the appliance stopped in order to end is done again when it is started. */
export async function noteStopped(run: RunRow, { book }: AttemptTools, why: Cause): Promise<void> {
  await book.noteOf(run, (now) =>
    isUnwanted(now)
      ? { event: 'stopped', cause: cancelledAs(now), change: { process: null } }
      : { event: 'interrupt', cause: why },
  )
}

/** Writes down an attempt of which only the vault can tell what it did. A person's wish to have it stopped stays. */
export async function noteInterrupted(run: RunRow, { book, clock, emit }: AttemptTools, why: Cause): Promise<void> {
  const lines: RunEventRow[] = []
  const noted = await book.noteOf(run, (now) => ({
    event: 'interrupt',
    cause: isUnwanted(now) ? causeOf(now) : why,
    // Whoever reads the log wonders why everything begins anew in it.
    async also(rows) {
      lines.length = 0
      const { code, text: message } = why
      lines.push(
        await addEvent(rows, { run_id: run.id, at: clock.now(), level: 'warning', code, message, object: null }),
      )
      return undefined
    },
  }))
  if (noted) for (const event of lines) emit({ type: 'log', event })
}

/** The cause of a run that is being stopped, or was broken off while it was. */
const UNWANTED = 'cancelling'

/** Whether a person wants it stopped. */
export function isUnwanted({ state, cause_code }: RunRow): boolean {
  return state === 'cancelling' || (state === 'interrupted' && cause_code === UNWANTED)
}

export function unwantedBy(name: string, hasBegun: boolean): Cause {
  return { code: hasBegun ? UNWANTED : 'cancelled', text: `Stopped by ${name}.` }
}

export function cancelledAs({ cause_text }: RunRow): Cause {
  return { code: 'cancelled', text: cause_text }
}

export function causeOf({ cause_code, cause_text, remedy }: RunRow): Cause {
  return { code: cause_code, text: cause_text, remedy: remedy ?? undefined }
}

/** Whether the same may succeed when it is simply done again later. */
function isWorthRetrying(error: unknown): boolean {
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
