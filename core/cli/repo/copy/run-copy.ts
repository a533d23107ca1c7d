import { isCode, systemClock, withSafety } from '../../../base/index.ts'
import {
  assertCopyable,
  type BrokenSnapshot,
  type CopyDone,
  type CopyPhase,
  type CopyProgress,
  executeCopy,
  openCopying,
  planCopy,
} from '../../../maintenance/index.ts'
import { availableWorkers, type CompressionLevel } from '../../../repository/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { compressionLevel } from '../backup/compression-level.ts'
import { describeNoSnapshots } from '../lookup/no-snapshots.ts'
import { type TwoSessions, withTwoSessions } from '../session/two-sessions.ts'
import { showProgress } from '../text/show-progress.ts'
import { chooseMissing } from './choose-missing.ts'
import type { CopyOptions } from './copy-options.ts'
import { showPlan, tellBroken, tellDamage, tellGone, tellSummary } from './copy-report.ts'

const DOING: Readonly<Record<CopyPhase, string>> = {
  index: 'Reading the index of the source',
  trees: 'Looking what is needed',
  blobs: 'Copying',
}

const STOPPED =
  'Snapshots that were named as copied are in the destination. What was stored for others is kept: the same command goes on from there.'

export function runCopy(ids: readonly string[], options: CopyOptions): Promise<ExitCode> {
  const level = compressionLevel(options.compression)
  return tellingIfStopped(
    STOPPED,
    withTwoSessions(options, (sessions) => copySnapshots(sessions, ids, options, level)),
  ).catch(throwFailed)
}

/** What has become of the copy has to be known first. */
function throwFailed(error: unknown): never {
  if (!isCode(error, 'storage/full')) throw error
  throw withSafety(error, STOPPED)
}

async function copySnapshots(
  sessions: TwoSessions,
  ids: readonly string[],
  options: CopyOptions,
  level: CompressionLevel,
): Promise<ExitCode> {
  const since = systemClock.monotonic()
  const { dryRun = false } = options
  const { source, destination } = sessions
  const { output } = destination
  assertCopyable(source.repository, destination.repository)
  const { snapshots, passedOver, unreadable } = await chooseMissing(sessions, ids, options)
  if (snapshots.length + passedOver + unreadable === 0) output.say(await describeNoSnapshots(source))
  const { done, warnings } =
    snapshots.length > 0 ? await copyMissing(sessions, snapshots, options, level) : { done: NOTHING, warnings: 0 }
  tellSummary(output, { ...done, passedOver, dryRun, elapsed: systemClock.monotonic() - since })
  return done.broken + unreadable + warnings > 0 ? EXIT.warnings : EXIT.done
}

const NOTHING: CopyDone = { snapshots: 0, broken: 0, gone: 0, blobs: 0, bytes: 0 }

async function copyMissing(
  sessions: TwoSessions,
  snapshots: readonly StoredSnapshot[],
  { dryRun = false, workers = availableWorkers() }: CopyOptions,
  level: CompressionLevel,
): Promise<{ readonly done: CopyDone; readonly warnings: number }> {
  const { source, destination } = sessions
  const { output, signal, presentPacks } = destination
  let warnings = 0
  const onProgress = (progress: CopyProgress): void => showProgress(output, DOING, progress)
  const onBroken = (broken: BrokenSnapshot): void => tellBroken(output, broken)
  warnOfChunkers(sessions)

  const copying = await openCopying(source.repository, destination.repository, {
    presentPacks,
    signal,
    onProgress,
    onUnreadable(name) {
      warnings++
      output.warn(`Index ${name.slice(0, 8)} of the source is damaged: what only it lists cannot be copied.`)
    },
  })
  const plan = await planCopy(copying, snapshots, { workers, signal, onProgress })
  for (const broken of plan.broken) onBroken(broken)
  if (dryRun) {
    showPlan(output, plan)
    return { done: { ...NOTHING, broken: plan.broken.length }, warnings }
  }
  const done = await executeCopy(copying, plan, {
    workers,
    level,
    signal,
    onProgress,
    onBroken,
    onCopied(snapshot, id) {
      output.say(`Snapshot ${snapshot.id.slice(0, 8)} was copied as ${id.slice(0, 8)}.`)
      output.emit({ message_type: 'copied', source_snapshot_id: snapshot.id, snapshot_id: id })
    },
    onGone: (snapshot) => tellGone(output, snapshot),
    onDamage(pack, blobs, reason) {
      warnings++
      tellDamage(output, pack, blobs, reason)
    },
  })
  return { done: { ...done, broken: plan.broken.length + done.broken }, warnings }
}

function warnOfChunkers({ source, destination }: TwoSessions): void {
  if (source.repository.config.chunkerPolynomial === destination.repository.config.chunkerPolynomial) return
  destination.output.warn(
    'The two repositories cut files by different chunker parameters: copying works, but new backups to the destination will find nothing in what was copied, and store it once more. `holdfast repo init --copy-chunker-params` makes one that cuts as the source does.',
  )
}
