import { homedir } from 'node:os'
import { resolve } from 'node:path'

import {
  type ArchiveThreads,
  backUp,
  type BackupOptions,
  type BackupResult,
  type MissedFile,
  type MissedLog,
  openMissedLog,
  startArchiveThreads,
} from '../../../archiver/index.ts'
import {
  argumentBytes,
  CoreError,
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  isTextArgument,
  localInstant,
  parseBytes,
  systemClock,
  reasonOf,
} from '../../../base/index.ts'
import { type ByteString, printable } from '../../../file-system/index.ts'
import { availableWorkers, type CompressionLevel, ownIdentity } from '../../../repository/index.ts'
import { readExcludeFile, type SelectionOptions } from '../../../selection/index.ts'
import { findSnapshot, loadSnapshots, parseTagList, type StoredSnapshot } from '../../../snapshot/index.ts'
import { createFileServerSource } from '../../../source/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { notTextError } from '../../not-text-error.ts'
import type { Output } from '../../output.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { VERSION } from '../../version.ts'
import { type Session, withSession } from '../session.ts'
import { showBackupProgress } from './backup-progress.ts'
import type { BackupCommandOptions } from './backup.ts'
import { defaultLogFolder } from './log-folder.ts'

export async function runBackup(targets: readonly string[], options: BackupCommandOptions): Promise<ExitCode> {
  refuseBytes(options)
  const workers = options.workers ?? availableWorkers()
  const threads = startArchiveThreads(workers)
  try {
    return await tellingIfStopped(STOPPED, backUpTargets(targets, options, workers, threads))
  } finally {
    await threads.end()
  }
}

/** What may be any bytes: names of the file system. */
const TAKES_BYTES = new Set(['exclude', 'iexclude', 'excludeFile', 'iexcludeFile'])

function refuseBytes(options: BackupCommandOptions): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (TAKES_BYTES.has(name)) continue
    for (const each of [value].flat()) if (typeof each === 'string' && !isTextArgument(each)) throw notTextError(each)
  }
}

function backUpTargets(
  targets: readonly string[],
  options: BackupCommandOptions,
  workers: number,
  threads: ArchiveThreads,
): Promise<ExitCode> {
  const level = compressionLevel(options.compression)
  const selection = selectionOf(options)
  const roots = targets.map((target) => argumentBytes(resolve(nonEmpty(target))))
  const time = options.time === undefined ? undefined : parseTime(options.time)
  return withSession(
    options,
    'shared',
    async (session) => {
      const { repository, output, signal, presentPacks } = session
      const parent = await parentOf(session, options)
      let missingPacks = 0
      const loadIndex = repository.loadIndex({
        signal,
        presentPacks,
        onMissingPack: (name, size) => {
          missingPacks++
          warnMissingPack(output, name, size)
        },
      })
      const { hostname, username, uid, gid } = ownIdentity()
      const folder =
        options.logDir ?? defaultLogFolder({ user: process.geteuid?.(), env: process.env, home: homedir() })
      using log = openMissedLog({ folder, set: repository.config.id.slice(0, 10) })
      const result = await backUp(repository, loadIndex, {
        source: createFileServerSource({ kind: 'file-server', roots, selection }),
        identity: {
          hostname: options.host ?? hostname,
          username,
          uid,
          gid,
          tags: (options.tag ?? []).flatMap(parseTagList),
          programVersion: `holdfast ${VERSION}`,
        },
        excludes: [...(options.exclude ?? []), ...(options.iexclude ?? [])].map((each) => String(argumentBytes(each))),
        parent,
        detection: { ctime: !options.ignoreCtime, inode: !options.ignoreInode },
        missed: options.missed,
        estimate: options.scan && !output.quiet,
        dryRun: options.dryRun ?? false,
        workers,
        threads,
        level,
        packBytes: options.packSize,
        time,
        listMissed: options.dryRun ? undefined : () => log.begin(),
        onParent: (found) => sayParent(output, found, options),
        onProgress: showBackupProgress(output, systemClock),
        signal,
      } satisfies BackupOptions)
      return await report(session, result, missingPacks, options, log)
    },
    { listPacks: true, laneMixer: threads.laneMixer },
  )
}

const STOPPED = 'No snapshot was made. What was stored so far is safe, and the next backup does not store it again.'

function sayParent(output: Output, parent: StoredSnapshot | undefined, { force }: BackupCommandOptions): void {
  if (parent) output.say(`Comparing with snapshot ${parent.id.slice(0, 8)}.`)
  else output.say(force ? 'Reading every file.' : 'No earlier snapshot of these targets: every file is read.')
}

async function parentOf(
  { repository, signal }: Session,
  { force, parent }: BackupCommandOptions,
): Promise<StoredSnapshot | 'newest' | 'none'> {
  if (force) return 'none'
  if (parent === undefined) return 'newest'
  return findSnapshot(await loadSnapshots(repository, { signal }), parent)
}

async function report(
  { output }: Session,
  result: BackupResult,
  missingPacks: number,
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
  if (bytesAdded === 0) output.say('Nothing new: all of it was stored already.')
  else output.say(`Added ${formatBytes(bytesAdded)} (${formatBytes(bytesStored)} stored).`)
  output.say(
    `Processed ${formatCounted(files, 'file')}, ${formatBytes(figures.bytesProcessed)} in ${formatDuration(duration)} (${formatBytes(Math.round(rate))}/s).`,
  )
  if (missedCount > 0) {
    output.warn(
      `${missedWords(missedCount - missedChanged, missedChanged)}${log === undefined ? '' : `, listed in ${log}`}.`,
    )
  }
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
  return missedCount > 0 || missingPacks > 0 ? EXIT.warnings : EXIT.done
}

/** An index goes on naming them: restic believes it, and looks for what was stored again in the wrong place. */
const MISSING_PACKS =
  'The index still names packs that are missing. Holdfast restores this snapshot as it is; stock restic only after `restic repair index` (`restic rebuild-index` before 0.16). Earlier snapshots may have lost files: run `holdfast repo check`.'

/** What it held is stored again where it still exists; only `check` can tell which recovery points miss it. */
function warnMissingPack(output: Output, name: string, size: number): void {
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

/** A variable that was never set is not the current folder. */
function nonEmpty(target: string): string {
  if (target !== '') return target
  throw new CoreError('input/invalid', 'A target is empty.', {
    safety: 'Nothing was read or stored.',
    remedy: 'Name what to back up; `.` is the current folder.',
  })
}

function selectionOf(options: BackupCommandOptions): SelectionOptions {
  const { excludeLargerThan } = options
  const largest = excludeLargerThan === undefined ? undefined : parseBytes(excludeLargerThan)
  if (excludeLargerThan !== undefined && largest === undefined) {
    throw new CoreError('input/invalid', `--exclude-larger-than ${excludeLargerThan} is not a size.`, {
      safety: 'Nothing was read or stored.',
      remedy: 'Give a number with k, M, G or T, such as 500M.',
    })
  }
  return {
    excludes: [...(options.exclude ?? []).map(patternOf), ...patternsIn(options.excludeFile)],
    caseInsensitiveExcludes: [...(options.iexclude ?? []).map(patternOf), ...patternsIn(options.iexcludeFile)],
    excludeIfPresent: options.excludeIfPresent,
    excludeCaches: options.excludeCaches,
    excludeLargerThan: largest === undefined ? undefined : BigInt(largest),
    oneFileSystem: options.oneFileSystem,
    onlyUtf8Names: options.skipNamesNotUtf8,
  }
}

function patternOf(argument: string): ByteString {
  return argumentBytes(argument).toString('latin1')
}

function patternsIn(files: readonly string[] = []): string[] {
  return files.flatMap((file) => readExcludeFile(argumentBytes(file), process.env))
}

const LEVELS: Readonly<Record<string, CompressionLevel>> = {
  off: 'off',
  fastest: 'fastest',
  auto: 'default',
  default: 'default',
  better: 'better',
  max: 'better',
}

function compressionLevel(text: string): CompressionLevel {
  const level = LEVELS[text]
  if (level) return level
  throw new CoreError('input/invalid', `--compression ${text} is not known.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Give off, fastest, default or better.',
  })
}

/** A local time, as restic takes it. */
function parseTime(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)$/.exec(text) ?? []
  if (year === undefined) {
    throw new CoreError('input/invalid', `--time ${text} is not a time.`, {
      safety: 'Nothing was read or stored.',
      remedy: 'Give it as 2026-11-20 22:00:00, in local time.',
    })
  }
  const time = localInstant([year, month, day, hour, minute, second].map(Number))
  if (!Number.isNaN(time)) return time
  throw new CoreError('input/invalid', `--time ${text} names a day or an hour that there is not.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Give it as 2026-11-20 22:00:00, in local time.',
  })
}
