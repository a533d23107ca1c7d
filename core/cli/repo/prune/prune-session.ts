import { formatBytes, formatCounted, formatDuration, systemClock } from '../../../base/index.ts'
import {
  executePrune,
  isIdle,
  planPrune,
  type PruneDone,
  type PruneLimits,
  type PrunePhase,
  type PrunePlan,
  type PruneProgress,
} from '../../../maintenance/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Session } from '../session/session.ts'
import { showProgress } from '../text/show-progress.ts'
import { emitPlan, showPlan } from './plan-report.ts'

const DOING: Readonly<Record<PrunePhase, string>> = {
  index: 'Reading the index',
  trees: 'Looking what is needed',
  repack: 'Rewriting packs',
  list: 'Writing the index',
  remove: 'Removing packs',
}

export interface PlanSessionOptions {
  readonly limits: PruneLimits
  readonly workers?: number | undefined
  /** Snapshots that are taken for removed. Unless they are by then, the plan cannot be carried out. */
  readonly without?: ReadonlySet<string> | undefined
}

/** Plans a prune of a session's repository, which is locked exclusively unless nothing is to come of it. */
export function planSession(
  { repository, output, signal }: Session,
  { limits, workers = availableWorkers(), without }: PlanSessionOptions,
): Promise<PrunePlan> {
  const onProgress = (progress: PruneProgress): void => showProgress(output, DOING, progress)
  return planPrune(repository, { limits, workers, without, onProgress, signal })
}

export interface FinishSessionOptions {
  readonly dryRun: boolean
  readonly workers?: number | undefined
  /** When the run began, by the clock that never goes back. */
  readonly since: number
}

/** Shows a plan and, unless this is a dry run, carries it out. */
export async function finishSession(
  { repository, output, signal }: Session,
  plan: PrunePlan,
  { dryRun, workers = availableWorkers(), since }: FinishSessionOptions,
): Promise<ExitCode> {
  showPlan(output, plan)
  emitPlan(output, plan)
  if (dryRun || isIdle(plan)) {
    output.say(dryRun ? 'Dry run: nothing was changed.' : 'Nothing is to be done.')
    emitDone(output, NOTHING, { dryRun, elapsed: systemClock.monotonic() - since })
    return EXIT.done
  }
  const done = await executePrune(repository, plan, {
    workers,
    onProgress: (progress) => showProgress(output, DOING, progress),
    signal,
    onSpared: (pack, reason) =>
      output.warn(
        `Pack ${pack.slice(0, 10)} stays: something in it cannot be read (${reason}). Run \`holdfast repo check --read-data\`.`,
      ),
    onReplaced: (pack, reason) =>
      output.warn(
        `Something in pack ${pack.slice(0, 10)} cannot be read (${reason}). Nothing is lost: other packs had it, too. Look for disk errors in the system log, and run \`holdfast repo check --read-data\`.`,
      ),
    onFailed: (pack, error) =>
      output.warn(
        `Pack ${pack.slice(0, 10)} is not needed and could not be removed: ${error.message} The next prune tries again.`,
      ),
  })
  const elapsed = systemClock.monotonic() - since
  output.say(
    `Removed ${formatCounted(done.packsRemoved, 'pack')} of ${formatBytes(done.bytesRemoved)}, wrote ${formatBytes(done.bytesWritten)}, in ${formatDuration(elapsed)}.`,
  )
  emitDone(output, done, { dryRun, elapsed })
  return done.spared + done.replaced + done.failed > 0 ? EXIT.warnings : EXIT.done
}

const NOTHING: PruneDone = { packsRemoved: 0, bytesRemoved: 0, bytesWritten: 0, spared: 0, replaced: 0, failed: 0 }

function emitDone(
  output: Session['output'],
  done: PruneDone,
  { dryRun, elapsed }: { readonly dryRun: boolean; readonly elapsed: number },
): void {
  output.emit({
    message_type: 'summary',
    dry_run: dryRun,
    packs_removed: done.packsRemoved,
    bytes_removed: done.bytesRemoved,
    bytes_written: done.bytesWritten,
    packs_spared: done.spared,
    packs_replaced: done.replaced,
    packs_failed: done.failed,
    seconds_elapsed: elapsed / 1000,
  })
}
