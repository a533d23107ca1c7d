import { resolve } from 'node:path'

import { CoreError, formatBytes, formatCount, formatCounted, formatDuration, systemClock } from '../../../base/index.ts'
import { printable, toByteString } from '../../../file-system/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { restore, type Restored, type RestoreProblem, type RestoreProgress } from '../../../restorer/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { openSnapshot } from '../lookup/open-snapshot.ts'
import { withSession } from '../session.ts'
import type { RestoreCommandOptions } from './restore.ts'

export function runRestore(wanted: string, options: RestoreCommandOptions): Promise<ExitCode> {
  const target = targetOf(options)
  return withSession(options, 'shared', async (session) => {
    const { repository, output, signal } = session
    const since = systemClock.monotonic()
    const { snapshot, index, root } = await openSnapshot(session, wanted, options)
    output.say(
      `Restoring snapshot ${snapshot.id.slice(0, 8)} of ${snapshot.paths.map((path) => printable(Buffer.from(path))).join(', ')} to ${target}.`,
    )
    const shown = problemReporter(output)
    const restored = restore(repository, index, {
      tree: root,
      target: Buffer.from(target),
      selection: {
        includes: options.include?.map(toByteString),
        caseInsensitiveIncludes: options.iinclude?.map(toByteString),
        excludes: options.exclude?.map(toByteString),
        caseInsensitiveExcludes: options.iexclude?.map(toByteString),
      },
      overwrite: options.overwrite,
      sparse: options.sparse ?? false,
      verify: options.verify ?? false,
      dryRun: options.dryRun ?? false,
      workers: options.workers ?? availableWorkers(),
      onProblem: shown.report,
      onProgress: (progress) => showProgress(output, progress, systemClock.monotonic() - since),
      signal,
    })
    const result = await tellingIfStopped(
      `The restore is not complete: in ${target} files are missing, and some are there in part. The same command again completes it.`,
      restored,
    )
    shown.finish()
    return summarise(output, result, snapshot, target, systemClock.monotonic() - since, options)
  })
}

function targetOf({ target, original }: RestoreCommandOptions): string {
  // A variable that was never set is not the current folder.
  if (target !== undefined && target !== '') return resolve(target)
  if (original) return '/'
  throw new CoreError('input/invalid', 'It was not said where to restore to.', {
    safety: 'Nothing was written.',
    remedy: 'Give --target FOLDER, or --original to restore to where everything was.',
  })
}

/** Shown one by one; of the same loss of metadata, after these, only the number at the end. */
const SHOWN_OF_A_KIND = 20

function problemReporter(output: Output): { report: (problem: RestoreProblem) => void; finish: () => void } {
  const counts = new Map<string, number>()
  return {
    report({ part, path, reason }) {
      const count = (counts.get(part) ?? 0) + 1
      counts.set(part, count)
      // What is restored has no name in itself.
      const item = path.length === 0 ? '/' : printable(path)
      if (output.json) output.emit({ message_type: 'error', error: { message: reason }, during: 'restore', part, item })
      else if (part === 'file' || count <= SHOWN_OF_A_KIND) output.warn(`${part}: ${item}: ${reason}`)
    },
    finish() {
      for (const [part, count] of counts) {
        if (part === 'file' || output.json) continue
        output.warn(
          `${LOST_OF[part] ?? part} of ${formatCounted(count, 'entry', 'entries')} could not be brought back.`,
        )
      }
    },
  }
}

const LOST_OF: Readonly<Record<string, string>> = {
  owner: 'The owner',
  mode: 'The mode',
  times: 'The times',
  attributes: 'Extended attributes',
  size: 'The size that the snapshot says',
}

function showProgress(output: Output, { bytesDone, bytesTotal, filesTotal }: RestoreProgress, elapsed: number): void {
  const rate = bytesDone / Math.max(0.001, elapsed / 1000)
  const left = rate > 0 ? ((bytesTotal - bytesDone) / rate) * 1000 : 0
  const percent = bytesTotal > 0 ? Math.floor((bytesDone / bytesTotal) * 100) : 100
  output.status(
    `${percent} %  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}  ${formatCounted(filesTotal, 'file')}  ${formatBytes(Math.round(rate))}/s  ${formatDuration(left)} left`,
  )
  output.emit({
    message_type: 'status',
    seconds_elapsed: Math.round(elapsed / 1000),
    seconds_remaining: Math.round(left / 1000),
    percent_done: bytesTotal > 0 ? bytesDone / bytesTotal : 1,
    total_files: filesTotal,
    total_bytes: bytesTotal,
    bytes_restored: bytesDone,
  })
}

function summarise(
  output: Output,
  { filesTotal, filesSkipped, filesLost, bytesTotal, bytesWritten, selected, problems, lost }: Restored,
  snapshot: StoredSnapshot,
  target: string,
  elapsed: number,
  { dryRun, verify, include, iinclude, exclude, iexclude }: RestoreCommandOptions,
): ExitCode {
  const rate = formatBytes(Math.round(bytesWritten / Math.max(0.001, elapsed / 1000)))
  const written = filesTotal - filesSkipped - filesLost
  const files =
    written === filesTotal
      ? formatCounted(written, 'file')
      : `${formatCount(written)} of ${formatCounted(filesTotal, 'file')}`
  if (dryRun)
    output.say(`Dry run: ${formatCounted(filesTotal, 'file')}, ${formatBytes(bytesTotal)}. Nothing was written.`)
  else {
    output.say(
      `Restored ${files}, ${formatBytes(bytesWritten)} to ${target} in ${formatDuration(elapsed)} (${rate}/s)${verify ? ', and read them again' : ''}.`,
    )
    if (filesSkipped > 0)
      output.say(
        filesSkipped === 1
          ? '1 file that was there already stays as it is.'
          : `${formatCount(filesSkipped)} files that were there already stay as they are.`,
      )
  }
  // A pattern with a slip of the pen must not look like a restore.
  const isEmpty = selected === 0 && [include, iinclude, exclude, iexclude].some((patterns) => patterns !== undefined)
  if (isEmpty) {
    output.warn(
      `Nothing in snapshot ${snapshot.id.slice(0, 8)} fits the patterns that were given. \`holdfast repo ls ${snapshot.id.slice(0, 8)}\` lists what it has.`,
    )
  }
  if (lost > 0) {
    output.warn(
      `${formatCounted(lost, 'entry', 'entries')} could not be restored: named above. The recovery point is untouched; once the cause is gone, the same command again restores what is missing.`,
    )
  }
  output.emit({
    message_type: 'summary',
    snapshot_id: snapshot.id,
    total_files: filesTotal,
    files_skipped: filesSkipped,
    files_restored: written,
    files_lost: filesLost,
    entries_lost: lost,
    bytes_restored: bytesWritten,
    verified: verify ?? false,
    problems,
    total_bytes: bytesTotal,
    seconds_elapsed: elapsed / 1000,
    dry_run: dryRun ?? false,
  })
  if (lost > 0) return EXIT.failed
  return problems > 0 || isEmpty ? EXIT.warnings : EXIT.done
}
