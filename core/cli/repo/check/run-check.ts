import { CoreError, formatBytes, formatCount, formatCounted, formatDuration, systemClock } from '../../../base/index.ts'
import {
  check,
  type Checked,
  type CheckProgress,
  type PackChoice,
  parsePackChoice,
} from '../../../maintenance/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { withSession } from '../session.ts'
import { createCheckReport } from './check-report.ts'
import type { CheckCommandOptions } from './check.ts'

/**
 * restic locks exclusively here. A shared lock is enough: see `check` for why a backup that runs meanwhile is never
 * taken for damage. What removes files locks exclusively and so waits.
 */
export function runCheck(options: CheckCommandOptions): Promise<ExitCode> {
  const read = choiceOf(options)
  return withSession(options, 'shared', async ({ repository, output, signal, lock }) => {
    const since = systemClock.monotonic()
    output.say(`Checking repository ${repository.config.id.slice(0, 10)} at ${repository.storage.location}.`)
    const shown = createCheckReport(output)
    const refused = new AbortController()
    const confirmed = lock?.confirm().catch((error: unknown) => refused.abort(error))
    const checked = await check(repository, {
      read,
      workers: options.workers ?? availableWorkers(),
      onFinding: (finding) => shown.finding(finding),
      onAffected: (affected) => shown.affected(affected),
      onProgress: (progress) => showProgress(output, progress),
      signal: AbortSignal.any([signal, refused.signal]),
    })
    await confirmed
    refused.signal.throwIfAborted()
    shown.finish()
    return summarise(output, checked, read, systemClock.monotonic() - since)
  })
}

function choiceOf({ readData, readDataSubset }: CheckCommandOptions): PackChoice {
  if (readData && readDataSubset !== undefined) {
    throw new CoreError('input/invalid', '--read-data reads all packs, --read-data-subset some of them: which is it?', {
      safety: 'Nothing was read or changed.',
      remedy: 'Give one of the two.',
    })
  }
  if (readData) return { type: 'all' }
  return readDataSubset === undefined ? { type: 'none' } : parsePackChoice(readDataSubset)
}

const DOING: Readonly<Record<CheckProgress['phase'], string>> = {
  documents: 'Reading keys and snapshots',
  index: 'Reading the index',
  trees: 'Reading folders',
  packs: 'Reading packs',
  impact: 'Looking what the damage means',
}

function showProgress(output: Output, { phase, done, total, bytesDone, bytesTotal, rate, left }: CheckProgress): void {
  const [part, whole] = bytesTotal > 0 ? [bytesDone, bytesTotal] : [done, total]
  const share = whole > 0 ? part / whole : 0
  const amount =
    bytesTotal > 0
      ? `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}  ${formatBytes(Math.round(rate))}/s`
      : `${formatCount(done)} of ${formatCount(total)}  ${formatCount(Math.round(rate))}/s`
  output.status(`${DOING[phase]}  ${Math.floor(share * 100)} %  ${amount}  ${formatDuration(left)} left`)
  output.emit({
    message_type: 'status',
    phase,
    percent_done: share,
    done,
    total,
    bytes_done: bytesDone,
    bytes_total: bytesTotal,
    per_second: Math.round(rate),
    seconds_remaining: Math.round(left / 1000),
  })
}

function summarise(output: Output, checked: Checked, read: PackChoice, elapsed: number): ExitCode {
  const { snapshots, indexFiles, packs, blobs, trees, packsRead, blobsRead, bytesRead, damages, hints } = checked
  const rate = formatBytes(Math.round(bytesRead / Math.max(0.001, elapsed / 1000)))
  output.say(
    `Checked ${formatCounted(snapshots, 'snapshot')}, ${formatCounted(trees, 'folder')}, ${formatCounted(packs, 'pack')} and ${formatCounted(blobs, 'blob')} in ${formatCounted(indexFiles, 'index file')}, in ${formatDuration(elapsed)}.`,
  )
  if (read.type === 'none') output.say('The content of packs was not read; --read-data does that.')
  else {
    output.say(
      `Read ${formatCounted(packsRead, 'pack')} with ${formatCounted(blobsRead, 'blob')}, ${formatBytes(bytesRead)} (${rate}/s).`,
    )
  }
  if (damages === 0) output.say('No damage was found.')
  else if (!output.json) {
    output.warn(
      `Damage was found (findings: ${formatCount(damages)}; snapshots affected: ${formatCount(checked.snapshotsAffected)} of ${formatCount(snapshots)}). Remove nothing and run no prune before it is mended.`,
    )
  }
  output.emit({
    message_type: 'summary',
    snapshots,
    index_files: indexFiles,
    packs,
    blobs,
    trees,
    packs_read: packsRead,
    blobs_read: blobsRead,
    bytes_read: bytesRead,
    damages,
    hints,
    snapshots_affected: checked.snapshotsAffected,
    seconds_elapsed: elapsed / 1000,
  })
  return damages > 0 ? EXIT.failed : EXIT.done
}
