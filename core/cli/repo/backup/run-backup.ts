import {
  type ArchiveThreads,
  backUp,
  type BackupOptions,
  openMissedLog,
  startArchiveThreads,
} from '../../../archiver/index.ts'
import { argumentBytes, CoreError, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { findSnapshot, loadNamedSnapshot, loadSnapshots, type StoredSnapshot } from '../../../snapshot/index.ts'
import { createFileServerSource } from '../../../source/index.ts'
import { refuseNotText } from '../../byte-arguments.ts'
import type { ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { defaultLogFolder, thisUser } from '../../own-folders.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { backupIdentity } from '../lookup/backup-identity.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import type { BackupCommandOptions } from './backup-options.ts'
import { showBackupProgress } from './backup-progress.ts'
import { reportBackup, warnMissingPack } from './backup-report.ts'
import { selectionOf } from './backup-selection.ts'
import { compressionLevel } from './compression-level.ts'
import { namedTargets } from './named-targets.ts'
import { rootOfOwnRepository, warningOfOwnRepository } from './own-repository.ts'
import { parseSnapshotTime } from './snapshot-time.ts'

/** What may be any bytes: names of the file system. */
const TAKES_BYTES = [
  'exclude',
  'iexclude',
  'excludeFile',
  'iexcludeFile',
  'filesFrom',
  'filesFromVerbatim',
  'filesFromRaw',
]

export async function runBackup(targets: readonly string[], options: BackupCommandOptions): Promise<ExitCode> {
  refuseNotText(options, TAKES_BYTES)
  const workers = options.workers ?? availableWorkers()
  const threads = startArchiveThreads(workers)
  try {
    return await tellingIfStopped(STOPPED, backUpTargets(targets, options, workers, threads)).catch(throwFailed)
  } finally {
    await threads.end()
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
  const { roots, missing, unfitting } = namedTargets(targets, options)
  const time = options.time === undefined ? undefined : parseSnapshotTime(options.time)
  return withSession(
    options,
    'shared',
    async (session) => {
      const { repository, output, signal, presentPacks } = session
      for (const pattern of unfitting) {
        output.warn(
          `Nothing fits ${printable(Buffer.from(pattern, 'latin1'))}, which is missing from this snapshot. Check the pattern, and that what it means is mounted.`,
        )
      }
      for (const path of missing) {
        output.warn(
          `${printable(path)} is not there, and is missing from this snapshot. Check its name, and that what it lies on is mounted.`,
        )
      }
      const own = rootOfOwnRepository(repository.storage.location, roots, selection)
      if (own) output.warn(warningOfOwnRepository(own, repository.storage.location))
      const parent = await parentOf(session, options)
      let missingPacks = 0
      const loadIndex = repository.loadIndex({
        purpose: 'refer',
        signal,
        presentPacks,
        onMissingPack: (name, size) => {
          missingPacks++
          warnMissingPack(output, name, size)
        },
      })
      const folder = options.logDir ?? defaultLogFolder(thisUser())
      using log = openMissedLog({ folder, set: repository.config.id.slice(0, 10) })
      const result = await backUp(repository, loadIndex, {
        source: createFileServerSource({ kind: 'file-server', roots, selection }),
        identity: backupIdentity(options),
        excludes: [...(options.exclude ?? []), ...(options.iexclude ?? [])].map((each) => String(argumentBytes(each))),
        parent,
        parentPaths: [...roots, ...missing],
        detection: { ctime: !options.ignoreCtime, inode: !options.ignoreInode },
        missed: options.missed,
        estimate: !output.quiet && (options.scanFirst ? 'first' : options.scan),
        dryRun: options.dryRun ?? false,
        workers,
        threads,
        level,
        packBytes: options.packSize,
        time,
        listMissed: options.dryRun ? undefined : () => log.begin(),
        onUnreadableSnapshot: (id) =>
          output.warn(`Snapshot ${id.slice(0, 8)} cannot be read: it is damaged. Run \`holdfast repo check\`.`),
        onParent: (found) => sayParent(output, found, options),
        onProgress: showBackupProgress(output, systemClock),
        signal,
      } satisfies BackupOptions)
      return await reportBackup(
        output,
        result,
        { missingPacks, hasWarned: own !== undefined || unfitting.length > 0 || missing.length > 0 },
        options,
        log,
      )
    },
    { listPacks: true, laneMixer: threads.laneMixer },
  )
}

/** That tonight has no recovery point is what has to be known first. */
function throwFailed(error: unknown): never {
  if (!(error instanceof CoreError) || !error.code.startsWith('storage/')) throw error
  const { code, message, cause, retryable, remedy, context } = error
  throw new CoreError(code, message, {
    cause,
    retryable,
    safety: STOPPED,
    ...(remedy === undefined ? {} : { remedy }),
    context,
  })
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
  if (parent !== 'latest') return loadNamedSnapshot(repository, parent, { signal })
  return findSnapshot(await loadSnapshots(repository, { signal }), parent)
}
