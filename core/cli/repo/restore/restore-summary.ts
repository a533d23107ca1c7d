import { formatBytes, formatCount, formatCounted, formatDuration } from '../../../base/index.ts'
import type { Restored } from '../../../restorer/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import type { RestoreCommandOptions } from './restore-options.ts'

const PATTERNS = [
  ...(['include', 'iinclude', 'exclude', 'iexclude'] as const),
  ...(['includeFile', 'iincludeFile', 'excludeFile', 'iexcludeFile'] as const),
]

/** What is known of the content of files that were left alone. */
const KEPT_BECAUSE: Readonly<Record<RestoreCommandOptions['overwrite'], string>> = {
  always: ', as the content is right',
  'if-changed': ', by their size and time; the content was not read',
  'if-newer': ', being as new or newer; the content was not read',
  never: '; the content was not read',
}

/** Says what was restored, and what was not. `elapsed` are milliseconds. */
export function summarise(
  output: Output,
  { filesTotal, filesSkipped, filesLost, bytesTotal, bytesWritten, selected, problems, lost, unnamedLost }: Restored,
  snapshot: StoredSnapshot,
  target: string,
  elapsed: number,
  options: RestoreCommandOptions,
): ExitCode {
  const { dryRun, verify } = options
  const rate = formatBytes(Math.round(bytesWritten / Math.max(0.001, elapsed / 1000)))
  const written = filesTotal - filesSkipped - filesLost
  const files =
    written === filesTotal
      ? formatCounted(written, 'file')
      : `${formatCount(written)} of ${formatCounted(filesTotal, 'file')}`
  if (dryRun)
    output.say(
      `Dry run: ${formatCounted(filesTotal, 'file')}, ${formatBytes(bytesTotal)} are meant. There is room for them. Nothing was written, nor compared with what is there already.`,
    )
  else {
    output.say(
      `Restored ${files}, ${formatBytes(bytesWritten)} to ${target} in ${formatDuration(elapsed)} (${rate}/s)${verify && written > 0 ? ', and read all that again' : ''}.`,
    )
    if (filesSkipped > 0)
      output.say(
        `${
          filesSkipped === 1
            ? '1 file that was there already stays as it is'
            : `${formatCount(filesSkipped)} files that were there already stay as they are`
        }${KEPT_BECAUSE[options.overwrite]}.`,
      )
  }
  // A pattern with a slip of the pen must not look like a restore.
  const isEmpty = selected === 0 && PATTERNS.some((name) => options[name] !== undefined)
  if (isEmpty) {
    output.warn(
      `Nothing in snapshot ${snapshot.id.slice(0, 8)} fits the patterns that were given. \`holdfast repo ls ${snapshot.id.slice(0, 8)}\` lists what it has.`,
    )
  }
  if (lost > 0) {
    output.warn(
      `${formatCounted(lost, 'entry', 'entries')} could not be restored: named above${unnamedLost > 0 ? ', or in folders that are' : ''}. The recovery point is untouched. Files of which a part could be read are in the target, for their owner alone, with zeros for the rest. \`holdfast repo check --read-data\` says what is damaged and how to mend it; once the cause is gone, the same command again restores what is missing.`,
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
    verified: (verify ?? false) && !dryRun,
    // Of those that stayed as they were, only where their content was looked at.
    files_verified: !verify || dryRun ? 0 : written + (options.overwrite === 'always' ? filesSkipped : 0),
    problems,
    total_bytes: bytesTotal,
    seconds_elapsed: elapsed / 1000,
    dry_run: dryRun ?? false,
  })
  if (lost > 0) return EXIT.failed
  return problems > 0 || isEmpty ? EXIT.warnings : EXIT.done
}
