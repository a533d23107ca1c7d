import type { BackupResult, MissedFile, MissedLog } from '../../../archiver/index.ts'
import { formatBytes, formatCount, formatCounted, formatDuration, reasonOf, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import type { BackupCommandOptions } from './backup-options.ts'

/** What was told before the backup began. */
export interface Before {
  readonly missingPacks: number
  /** Of something that may be missing, or too much. */
  readonly hasWarned: boolean
}

/** Says what was backed up, and what was not. */
export async function reportBackup(
  output: Output,
  result: BackupResult,
  { missingPacks, hasWarned }: Before,
  options: BackupCommandOptions,
  missedLog: MissedLog,
): Promise<ExitCode> {
  const { figures, missed, missedCount, missedChanged, snapshot, duration, bytesAdded, bytesStored } = result
  for (const file of missed) warnMissed(output, file)
  if (missedCount > missed.length) output.warn(`And ${formatCount(missedCount - missed.length)} more.`)
  const log = missedCount === 0 || !snapshot ? undefined : await saveLog(missedLog, snapshot, output)
  const files = figures.filesNew + figures.filesChanged + figures.filesUnmodified
  const rate = figures.bytesProcessed / Math.max(0.001, duration / 1000)
  output.say(
    `Files: ${formatCount(figures.filesNew)} new, ${formatCount(figures.filesChanged)} changed, ${formatCount(figures.filesUnmodified)} unmodified. ` +
      `Folders: ${formatCount(figures.dirsNew)} new, ${formatCount(figures.dirsChanged)} changed, ${formatCount(figures.dirsUnmodified)} unmodified.`,
  )
  if (figures.sockets > 0)
    output.say(`Left out ${formatCounted(figures.sockets, 'socket')}: they exist only while their programs run.`)
  const added = `${formatBytes(bytesAdded)} (${formatBytes(bytesStored)} stored)`
  if (bytesAdded === 0) output.say('Nothing new: all of it was stored already.')
  else output.say(options.dryRun ? `Would add ${added}.` : `Added ${added}.`)
  output.say(
    `Processed ${formatCounted(files, 'file')}, ${formatBytes(figures.bytesProcessed)} in ${formatDuration(duration)} (${formatBytes(Math.round(rate))}/s).`,
  )
  if (missedCount > 0) {
    output.warn(
      `${missedWords(missedCount - missedChanged, missedChanged)}${log === undefined ? '' : `, listed in ${log}`}.`,
    )
  }
  const isEmpty = files + figures.others === 0 && LEAVING_OUT.some((name) => options[name] !== undefined)
  if (isEmpty) output.warn(EMPTY)
  if (missingPacks > 0) output.warn(MISSING_PACKS)
  output.say(snapshot ? `Snapshot ${snapshot.slice(0, 8)} saved.` : 'Dry run: nothing was stored.')
  output.emit({
    message_type: 'summary',
    files_new: figures.filesNew,
    files_changed: figures.filesChanged,
    files_unmodified: figures.filesUnmodified,
    dirs_new: figures.dirsNew,
    dirs_changed: figures.dirsChanged,
    dirs_unmodified: figures.dirsUnmodified,
    sockets_left_out: figures.sockets,
    data_blobs: result.dataBlobs,
    tree_blobs: result.treeBlobs,
    data_added: bytesAdded,
    data_added_packed: bytesStored,
    total_files_processed: files,
    total_bytes_processed: figures.bytesProcessed,
    total_duration: duration / 1000,
    missed: missedCount,
    missed_changed: missedChanged,
    missed_log: log,
    missing_packs: missingPacks,
    dry_run: options.dryRun ?? false,
    snapshot_id: snapshot,
  })
  return missedCount > 0 || missingPacks > 0 || isEmpty || hasWarned ? EXIT.warnings : EXIT.done
}

/** Nobody means to protect nothing. An empty folder alone may be one that something is to come into. */
const EMPTY = 'There is no file in what was backed up: everything was left out. Check what is excluded.'
const LEAVING_OUT = [
  ...(['exclude', 'iexclude', 'excludeFile', 'iexcludeFile', 'excludeIfPresent'] as const),
  ...(['excludeLargerThan', 'skipNamesNotUtf8'] as const),
]

/** An index goes on naming them: restic believes it, and looks for what was stored again in the wrong place. */
const MISSING_PACKS =
  'The index still names packs that are missing. Holdfast restores this snapshot as it is; stock restic only after `holdfast repo repair index`. Earlier snapshots may have lost files: run `holdfast repo check`.'

/** What it held is stored again where it still exists; only `check` can tell which recovery points miss it. */
export function warnMissingPack(output: Output, name: string, size: number): void {
  const what = size < 0 ? 'is missing' : `has only ${formatBytes(size)}`
  output.warn(`Pack ${name.slice(0, 8)} ${what}: what it held is stored again.`)
}

function missedWords(missed: number, changed: number): string {
  const words = `${formatCount(changed)} changed while being read and stored as found`
  if (changed === 0) return `${formatCount(missed)} missed`
  return missed === 0 ? words : `${formatCount(missed)} missed, ${words}`
}

function warnMissed(output: Output, { path, kind, reason }: MissedFile): void {
  const item = printable(path)
  if (output.json) output.emit({ message_type: 'error', error: { message: reason }, during: 'archival', kind, item })
  else output.warn(`${kind}: ${item} (${reason})`)
}

/** The log of missed files helps; that it cannot be written is no reason to fail a backup that succeeded. */
async function saveLog(log: MissedLog, snapshot: string, output: Output): Promise<string | undefined> {
  try {
    return await log.save(snapshot.slice(0, 8), systemClock.now())
  } catch (error) {
    output.warn(`The list of missed files cannot be written to ${log.folder}: ${reasonOf(error)}`)
    return undefined
  }
}
