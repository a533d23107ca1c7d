import { formatBytes, formatCount, formatDuration } from '../../../base/index.ts'
import type { Progress, Run, RunResult, RunState } from '../../../contract/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { shortId } from './names.ts'

/** `backup of home`, `check of the vault first`. */
export function runName({ kind, set, vault }: Run): string {
  const what = kind.replace('-', ' ')
  return set === null ? `${what} of the vault ${vault.name}` : `${what} of ${set.name}`
}

/** States in which nothing goes on any more, and nothing will. An interrupted run may be tried again. */
const ENDED: ReadonlySet<RunState> = new Set(['succeeded', 'warning', 'failed', 'cancelled', 'skipped', 'expired'])

/** Whether a run has ended for good. */
export function hasEnded({ state, canCancel }: Run): boolean {
  return ENDED.has(state) || (state === 'interrupted' && !canCancel)
}

/** What a command ends with that waited for a run. */
export function exitOfRun({ state }: Run): ExitCode {
  if (state === 'succeeded') return EXIT.done
  return state === 'warning' ? EXIT.warnings : EXIT.failed
}

const FIELDS: Readonly<Record<keyof RunResult, string>> = {
  pointId: 'Recovery point',
  filesNew: 'New files',
  filesChanged: 'Changed files',
  filesUnmodified: 'Unchanged files',
  filesMissed: 'Missed files',
  bytesProcessed: 'Read',
  bytesAdded: 'Added',
  bytesStored: 'Stored',
  filesRestored: 'Restored files',
  filesLost: 'Files not restored',
  filesSkipped: 'Files left as they are',
  bytesRestored: 'Restored',
  pointsRemoved: 'Points removed',
  pointsKept: 'Points kept',
  bytesFreed: 'Freed',
  packsRemoved: 'Packs removed',
  damages: 'Damages',
  hints: 'Hints',
  filesVerified: 'Verified files',
  filesDiffering: 'Differing files',
  filesSent: 'Files sent',
  bytesSent: 'Sent',
  bytesLeft: 'Waiting still',
  filesDeleted: 'Files deleted in the cloud',
  packsEvicted: 'Packs evicted',
  bytesEvicted: 'Evicted',
}

/** What a run did, in the order in which it is told. */
export function resultParts(result: RunResult | null): (readonly [string, string])[] {
  if (result === null) return []
  return (Object.keys(FIELDS) as (keyof RunResult)[]).flatMap((field) => {
    const value = result[field]
    if (value === undefined) return []
    return [
      [
        FIELDS[field],
        typeof value === 'string'
          ? shortId(value)
          : field.startsWith('bytes')
            ? formatBytes(value)
            : formatCount(value),
      ] as const,
    ]
  })
}

const BAR = 20

/** `[=====               ] 25 %  1.2 GiB of 4.8 GiB  120 MiB/s  0:30 left`, as far as it is known. */
export function progressText({
  step,
  filesDone,
  filesTotal,
  bytesDone,
  bytesTotal,
  bytesPerSecond,
  secondsLeft,
  isEstimate,
}: Progress): string {
  const about = isEstimate ? 'about ' : ''
  const share = shareOf(bytesDone, bytesTotal) ?? shareOf(filesDone, filesTotal)
  const bar =
    share === undefined ? '' : `[${'='.repeat(Math.round(share * BAR)).padEnd(BAR)}] ${Math.floor(share * 100)} %`
  const bytes =
    bytesTotal === null
      ? bytesDone > 0
        ? formatBytes(bytesDone)
        : ''
      : `${formatBytes(bytesDone)} of ${about}${formatBytes(bytesTotal)}`
  const rate = bytesPerSecond > 0 ? `${formatBytes(Math.round(bytesPerSecond))}/s` : ''
  const left = secondsLeft === null ? '' : `${formatDuration(secondsLeft * 1000)} left`
  return [bar, step, bytes, rate, left].filter((part) => part !== '').join('  ')
}

function shareOf(done: number, total: number | null): number | undefined {
  return total === null || total === 0 ? undefined : Math.min(1, done / total)
}
