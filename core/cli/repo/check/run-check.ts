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
import { withSession } from '../session/with-session.ts'
import { showProgress } from '../text/show-progress.ts'
import type { CheckCommandOptions } from './check-options.ts'
import { createCheckReport } from './check-report.ts'
import { listUnused } from './list-unused.ts'

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
    let neededPacks = 0
    const refused = new AbortController()
    const confirmed = lock?.confirm().catch((error: unknown) => refused.abort(error))
    const stop = AbortSignal.any([signal, refused.signal])
    const checked = await check(repository, {
      read,
      workers: options.workers ?? availableWorkers(),
      onFinding(finding) {
        if (finding.kind === 'pack-needed') neededPacks++
        shown.finding(finding)
      },
      onAffected: (affected) => shown.affected(affected),
      onUnused: options.checkUnused ? (blobs) => listUnused(output, blobs, { signal: stop }) : undefined,
      onProgress: (progress) => showProgress(output, DOING, progress),
      signal: stop,
    })
    await confirmed
    refused.signal.throwIfAborted()
    shown.finish()
    if (options.checkUnused && !checked.unused) output.warn(UNTOLD)
    return summarise(output, checked, { read, elapsed: systemClock.monotonic() - since, neededPacks })
  })
}

const UNTOLD =
  'Which blobs are unused nobody can tell: something that snapshots need is missing or cannot be read, and what is below it is not known.'

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

interface CheckRun {
  readonly read: PackChoice
  /** Milliseconds. */
  readonly elapsed: number
  /** Packs that wait and are needed again: the one damage that a prune mends. */
  readonly neededPacks: number
}

function summarise(output: Output, checked: Checked, { read, elapsed, neededPacks }: CheckRun): ExitCode {
  const {
    snapshots,
    indexFiles,
    packs,
    packsWaiting,
    blobs,
    trees,
    packsRead,
    blobsRead,
    bytesRead,
    unused,
    damages,
    hints,
  } = checked
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
  if (packsWaiting > 0)
    output.say(`Of these packs ${formatCount(packsWaiting)} are to be removed by a later \`holdfast repo prune\`.`)
  if (unused && snapshots > 0 && unused.blobs + unused.copies > 0) {
    output.say(
      `${formatCounted(unused.blobs, 'blob')} no snapshot needs, and ${formatCount(unused.copies)} further copies, take ${formatBytes(unused.bytes)}. \`holdfast repo prune\` removes them once they are more than it lets be.`,
    )
  }
  const isForgotten = snapshots === 0 && blobs + packsWaiting > 0
  if (isForgotten) {
    output.warn(
      'There is data, and no snapshot. If there were some, put the files in `snapshots` back from a copy of the repository, and prune nothing before.',
    )
  }
  if (damages === 0) output.say('No damage was found.')
  else if (!output.json) {
    output.warn(
      `Damage was found (findings: ${formatCount(damages)}; snapshots affected: ${formatCount(checked.snapshotsAffected)} of ${formatCount(snapshots)}). ${damages === neededPacks ? TAKE_BACK : 'Remove nothing and run no prune before it is mended.'}`,
    )
  }
  output.emit({
    message_type: 'summary',
    snapshots,
    index_files: indexFiles,
    packs,
    packs_waiting: packsWaiting,
    blobs,
    trees,
    packs_read: packsRead,
    blobs_read: blobsRead,
    bytes_read: bytesRead,
    ...(unused && { blobs_unused: unused.blobs, blobs_repeated: unused.copies, bytes_unused: unused.bytes }),
    damages,
    hints,
    snapshots_affected: checked.snapshotsAffected,
    seconds_elapsed: elapsed / 1000,
  })
  if (damages > 0) return EXIT.failed
  return isForgotten ? EXIT.warnings : EXIT.done
}

const TAKE_BACK = 'All of it can be restored by Holdfast; `holdfast repo prune` mends it.'
