import {
  backUp,
  type BackupResult,
  type MissedFile,
  type MissedLog,
  openMissedLog,
  startArchiveThreads,
} from '../../archiver/index.ts'
import { CoreError, formatCount, formatCounted } from '../../base/index.ts'
import { type ByteString, printable, toByteString } from '../../file-system/index.ts'
import { availableWorkers, ownIdentity, type Repository } from '../../repository/index.ts'
import { formatEntryPath, formatTime, loadSnapshot, parseEntryPath } from '../../snapshot/index.ts'
import { createFileServerSource, findRoots } from '../../source/index.ts'
import { vaultFolder } from '../../vault/index.ts'
import type { BackupOrder, OrderedContent } from '../process/order.ts'
import type { MadePoint, Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { backupProgress } from './backup-progress.ts'
import { withVault } from './open-vault.ts'
import { orWithoutCache } from './or-without-cache.ts'
import { ownFoldersIn, refuseOwnVault } from './own-folders.ts'
import { patternOfPath } from './path-pattern.ts'
import { pointOfSnapshot } from './point-of-snapshot.ts'
import { RUN_TAG, SET_TAG } from './tags.ts'

/** Backs up what a backup set protects, into a recovery point that names the set and the run. */
export function backUpSet(order: BackupOrder, context: RunContext): Promise<Outcome> {
  return orWithoutCache(order, context, (wanted) => readSet(wanted, context))
}

async function readSet(order: BackupOrder, context: RunContext): Promise<Outcome> {
  const workers = availableWorkers()
  const threads = startArchiveThreads(workers)
  try {
    return await withVault(
      order,
      context,
      'shared',
      async ({ repository, signal, presentPacks }) => {
        const { content } = order
        const named = content.roots.map(parseEntryPath)
        const { there: roots, missing } = findRoots(named)
        const folder = vaultFolder(order.vault.place)
        if (folder !== undefined) await refuseOwnVault(roots, Buffer.from(folder))
        const own = await leaveOutOwn(roots, order, context)
        using missedLog = openMissedLog({ folder: order.missedFolder, set: order.setId })
        let missingPacks = 0
        const loadIndex = repository.loadIndex({
          purpose: 'refer',
          signal,
          presentPacks,
          onMissingPack: (name) => {
            missingPacks++
            context.log({
              level: 'warning',
              code: 'pack-missing',
              message: 'A pack is missing from the vault, or has been cut off: what it held is stored again.',
              object: name,
            })
          },
        })
        const result = await context.step('read', () =>
          backUp(repository, loadIndex, {
            source: createFileServerSource({ kind: 'file-server', roots, selection: selectionOf(content, own) }),
            identity: identityOf(order),
            excludes: content.excludes,
            parent: 'newest',
            parentPaths: named,
            missingRoots: missing,
            emptied: 'miss',
            detection: { ctime: true, inode: true },
            missed: order.missed,
            estimate: true,
            dryRun: false,
            workers,
            threads,
            level: 'default',
            listMissed: () => {
              const note = missedLog.begin()
              return (file) => {
                note(file)
                context.missed(missedEntry(file))
              }
            },
            beforeSnapshot: context.mayWrite,
            onUnreadableSnapshot: (id) =>
              context.log({
                level: 'warning',
                code: 'snapshot-unreadable',
                message: 'A recovery point of this vault cannot be read: it is damaged. Check the vault.',
                object: id,
              }),
            onParent: (parent) =>
              context.log({
                level: 'info',
                code: parent ? 'incremental' : 'full',
                message: parent
                  ? `Comparing with the recovery point of ${formatTime(parent.time)}.`
                  : 'There is no earlier recovery point of these folders: every file is read.',
                ...(parent && { object: parent.id }),
              }),
            onProgress: backupProgress(context, 'read'),
            signal,
          }),
        )
        if (result.missedCount > 0) await saveMissed(missedLog, order, context)
        return outcomeOf(result, await madePoint(repository, result, signal), missingPacks)
      },
      { listPacks: true, laneMixer: threads.laneMixer },
    )
  } finally {
    await threads.end()
  }
}

/** The patterns that leave them out. */
async function leaveOutOwn(
  roots: readonly Buffer[],
  { ownFolders }: BackupOrder,
  { log }: RunContext,
): Promise<ByteString[]> {
  const found = await ownFoldersIn(
    roots,
    ownFolders.map((path) => Buffer.from(path)),
  )
  return found.map((path) => {
    log({
      level: 'info',
      code: 'own-folder-left-out',
      message: 'This folder is a vault of the appliance, or its data folder: it is left out.',
      object: printable(path),
    })
    return patternOfPath(formatEntryPath(path))
  })
}

function selectionOf(
  { excludes, excludeCaches, excludeLargerThan, oneFileSystem }: OrderedContent,
  own: readonly ByteString[],
) {
  return {
    // The last one decides: no pattern of a person takes them in again.
    excludes: [...excludes.map(toByteString), ...own],
    excludeCaches,
    excludeLargerThan: excludeLargerThan === null ? undefined : BigInt(excludeLargerThan),
    oneFileSystem,
  }
}

function identityOf({ host, setId, runId, programVersion }: BackupOrder) {
  const { username, uid, gid } = ownIdentity()
  return { hostname: host, username, uid, gid, tags: [`${SET_TAG}${setId}`, `${RUN_TAG}${runId}`], programVersion }
}

/** The recovery point is there: that a list could not be written is no reason to call it failed. */
async function saveMissed(log: MissedLog, { runId }: BackupOrder, context: RunContext): Promise<void> {
  try {
    const path = await log.save(runId, context.clock.now())
    context.log({ level: 'info', code: 'missed-log', message: 'All missed files are listed in a file.', object: path })
  } catch (error) {
    context.log({
      level: 'warning',
      code: 'missed-log-failed',
      message: `The file that lists all missed files could not be written${error instanceof CoreError || !(error instanceof Error) ? '' : `: ${error.message}`}. The catalog keeps the first of them.`,
      object: log.folder,
    })
  }
}

function missedEntry({ path, kind, reason }: MissedFile) {
  return { path: printable(path), kind, reason }
}

/** As the repository has it: what the catalog says of a point is what anybody can read there. */
async function madePoint(
  repository: Repository,
  { snapshot: id = '', parent }: BackupResult,
  signal: AbortSignal,
): Promise<MadePoint> {
  return pointOfSnapshot(await loadSnapshot(repository, id, { signal }), parent === undefined ? 'full' : 'incremental')
}

function outcomeOf(result: BackupResult, point: MadePoint, missingPacks: number): Outcome {
  const { figures, missedCount, bytesAdded, bytesStored } = result
  const files = figures.filesNew + figures.filesChanged + figures.filesUnmodified
  return {
    ending: missedCount > 0 || missingPacks > 0 ? 'warning' : 'done',
    cause: causeOf(result, missingPacks, files),
    point,
    figures: {
      filesNew: figures.filesNew,
      filesChanged: figures.filesChanged,
      filesUnmodified: figures.filesUnmodified,
      filesMissed: missedCount,
      bytesProcessed: figures.bytesProcessed,
      bytesAdded,
      bytesStored,
    },
  }
}

function causeOf(
  { missed: listed, missedCount: missed, missedChanged: changed, dataBlobs }: BackupResult,
  missingPacks: number,
  files: number,
): Outcome['cause'] {
  // They are listed first.
  const missing = listed.filter(({ kind }) => kind === 'root-missing')
  if (missing.length > 0) return rootsMissing(missing, missed)
  if (missed - changed > 0)
    return {
      code: 'files-missed',
      text: `${formatCounted(missed - changed, 'file')} could not be read and ${missed - changed === 1 ? 'is' : 'are'} not in this recovery point; all else is.`,
      remedy: 'Look at the list of missed files: who may read them, and what held them open. The next run tries again.',
    }
  if (changed > 0)
    return {
      code: 'files-changed',
      text: `${formatCount(changed)} of the files changed while they were read, and were stored as found.`,
      remedy: 'Back up when they rest, or from a file system snapshot.',
    }
  if (missingPacks > 0)
    return {
      code: 'packs-missing',
      text: `The vault has lost ${formatCounted(missingPacks, 'pack')}. This recovery point is whole; earlier ones may have lost files.`,
      remedy: 'Check the vault: it says what can still be restored.',
    }
  if (files === 0)
    return { code: 'empty', text: 'There was no file to back up: the folders are empty, or everything is left out.' }
  // Folders may be new all the same: those above what is protected change as anything in them does.
  if (dataBlobs === 0) return { code: 'nothing-new', text: 'Nothing new: all of it was stored already.' }
  return undefined
}

/** Of many roots so many are named. */
const MOST_NAMED = 3

function rootsMissing(missing: readonly MissedFile[], missed: number): Outcome['cause'] {
  const named = missing.slice(0, MOST_NAMED).map(({ path }) => printable(path))
  const more = missing.length - named.length
  const what = `${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
  const others = missed - missing.length
  return {
    code: 'roots-missing',
    text: `${what} ${missing.length === 1 ? 'is' : 'are'} not there or not mounted, and not in this recovery point; ${others > 0 ? `of all else ${formatCounted(others, 'file')} ${others === 1 ? 'was' : 'were'} missed, or changed while being read` : 'all else is'}.`,
    remedy:
      'Mount what belongs there: the next run takes it again. Where it is gone for good, take it out of the backup set.',
  }
}
