import { resolve } from 'node:path'

import { CoreError, formatBytes, formatCount, formatDuration, systemClock } from '../../../base/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { restore, type Restored, type RestoreProblem, type RestoreProgress } from '../../../restorer/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { printable, toByteString } from '../../../source/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
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
    const result = await restore(repository, index, {
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

/** Shown one by one; of the same loss of metadata, after these, only the number. */
const SHOWN_OF_A_KIND = 20

function problemReporter(output: Output): { report: (problem: RestoreProblem) => void; finish: () => void } {
  const counts = new Map<string, number>()
  return {
    report({ part, path, reason }) {
      const count = (counts.get(part) ?? 0) + 1
      counts.set(part, count)
      const item = printable(path)
      if (output.json) output.emit({ message_type: 'error', error: { message: reason }, during: 'restore', part, item })
      else if (part === 'file' || count <= SHOWN_OF_A_KIND) output.warn(`${part}: ${item}: ${reason}`)
    },
    finish() {
      for (const [part, count] of counts) {
        if (part !== 'file' && count > SHOWN_OF_A_KIND && !output.json)
          output.warn(`${part}: ${formatCount(count)} in all.`)
      }
    },
  }
}

function showProgress(output: Output, { bytesDone, bytesTotal, filesTotal }: RestoreProgress, elapsed: number): void {
  const rate = bytesDone / Math.max(0.001, elapsed / 1000)
  const left = rate > 0 ? ((bytesTotal - bytesDone) / rate) * 1000 : 0
  const percent = bytesTotal > 0 ? Math.floor((bytesDone / bytesTotal) * 100) : 100
  output.status(
    `${percent} %  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}  ${formatCount(filesTotal)} files  ${formatBytes(Math.round(rate))}/s  ${formatDuration(left)} left`,
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
  { filesTotal, filesSkipped, bytesTotal, selected, problems, filesLost }: Restored,
  snapshot: StoredSnapshot,
  target: string,
  elapsed: number,
  { dryRun, verify, include, iinclude, exclude, iexclude }: RestoreCommandOptions,
): ExitCode {
  const rate = formatBytes(Math.round(bytesTotal / Math.max(0.001, elapsed / 1000)))
  const kept = filesSkipped > 0 ? `, ${formatCount(filesSkipped)} of them left as they were` : ''
  if (dryRun) output.say(`Dry run: ${formatCount(filesTotal)} files, ${formatBytes(bytesTotal)}. Nothing was written.`)
  else {
    output.say(
      `Restored ${formatCount(filesTotal)} files${kept}, ${formatBytes(bytesTotal)} to ${target} in ${formatDuration(elapsed)} (${rate}/s)${verify ? ', and read them again' : ''}.`,
    )
  }
  // A pattern with a slip of the pen must not look like a restore.
  const isEmpty = selected === 0 && [include, iinclude, exclude, iexclude].some((patterns) => patterns !== undefined)
  if (isEmpty) {
    output.warn(
      `Nothing in snapshot ${snapshot.id.slice(0, 8)} fits the patterns that were given. \`holdfast repo ls ${snapshot.id.slice(0, 8)}\` lists what it has.`,
    )
  }
  if (filesLost > 0) {
    output.warn(
      `${formatCount(filesLost)} could not be restored as they were: they are named above. The recovery point is untouched; once the cause is gone, the same command again restores what is missing.`,
    )
  }
  output.emit({
    message_type: 'summary',
    snapshot_id: snapshot.id,
    total_files: filesTotal,
    files_skipped: filesSkipped,
    files_lost: filesLost,
    problems,
    total_bytes: bytesTotal,
    seconds_elapsed: elapsed / 1000,
    dry_run: dryRun ?? false,
  })
  if (filesLost > 0) return EXIT.failed
  return problems > 0 || isEmpty ? EXIT.warnings : EXIT.done
}
