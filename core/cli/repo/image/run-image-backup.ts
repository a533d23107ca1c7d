import {
  backUpImage,
  type ImageBegin,
  type ImageThreads,
  openLastMade,
  startImageThreads,
} from '../../../archiver/index.ts'
import { argumentBytes, formatBytes, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { findSnapshot, loadNamedSnapshot, loadSnapshots, type StoredSnapshot } from '../../../snapshot/index.ts'
import { absolutePath, refuseNotText } from '../../byte-arguments.ts'
import type { ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { stateFolder, thisUser } from '../../own-folders.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { warnMissingPack } from '../backup/backup-report.ts'
import { compressionLevel } from '../backup/compression-level.ts'
import { parseSnapshotTime } from '../backup/snapshot-time.ts'
import { backupIdentity } from '../lookup/backup-identity.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { areasIn } from './areas-file.ts'
import { reportImageBackup } from './image-backup-report.ts'
import { imageName } from './image-name.ts'
import type { ImageBackupCommandOptions } from './image-options.ts'
import { showDiskProgress } from './image-progress.ts'

const STOPPED = 'No snapshot was made. What was stored so far is safe, and the next backup does not store it again.'

export async function runImageBackup(file: string, options: ImageBackupCommandOptions): Promise<ExitCode> {
  refuseNotText(options, ['changed'])
  const name = imageName(options.name)
  const path = absolutePath(argumentBytes(file))
  const level = compressionLevel(options.compression)
  const time = options.time === undefined ? undefined : parseSnapshotTime(options.time)
  const workers = options.workers ?? availableWorkers()
  const threads: ImageThreads = startImageThreads(workers)

  async function backUp(session: Session): Promise<ExitCode> {
    const { repository, output, signal, presentPacks } = session
    let missingPacks = 0
    const loadIndex = repository.loadIndex({
      purpose: 'refer',
      signal,
      presentPacks,
      onMissingPack(pack, size) {
        missingPacks++
        warnMissingPack(output, pack, size)
      },
    })
    loadIndex.catch(() => undefined)
    const identity = backupIdentity(options)
    const parent = await parentOf(session, options)
    const show = showDiskProgress(output, systemClock)
    const result = await backUpImage(repository, loadIndex, {
      path,
      name,
      identity,
      changed: options.changed === undefined ? undefined : await areasIn(options.changed, { signal }),
      parent,
      lastMade: openLastMade(stateFolder(thisUser()), {
        repository: repository.config.id,
        hostname: identity.hostname,
        name,
      }),
      dryRun: options.dryRun ?? false,
      time,
      workers,
      threads,
      level,
      packBytes: options.packSize,
      onBegin: (begin) => sayBegin(output, path, begin),
      onUnreadableSnapshot: (id) =>
        output.warn(`Snapshot ${id.slice(0, 8)} cannot be read: it is damaged. Run \`holdfast repo check\`.`),
      onProgress: ({ bytesTotal, figures: { processed, read }, bytesStored }) =>
        show({
          bytesTotal,
          bytesDone: processed,
          bytesMoved: read,
          more: { bytes_read: read, bytes_stored: bytesStored },
        }),
      signal,
    })
    return reportImageBackup(output, printable(path), result, missingPacks)
  }

  try {
    const needs = { listPacks: true, laneMixer: threads.laneMixer }
    return await tellingIfStopped(STOPPED, withSession(options, 'shared', backUp, needs))
  } finally {
    await threads.end()
  }
}

function sayBegin(output: Output, path: Buffer, { layout, parent, whyAll }: ImageBegin): void {
  output.say(
    `Backing up ${printable(path)}, ${formatBytes(layout.bytes)} in blocks of ${formatBytes(layout.blockBytes)}.`,
  )
  if (parent) output.say(`Comparing with snapshot ${parent.id.slice(0, 8)}.`)
  if (whyAll !== undefined) output.warn(`All of the disk is read, not only the areas that were given: ${whyAll}.`)
}

const FULL_ID = /^[0-9a-f]{64}$/

/** A snapshot that was changed, or copied from elsewhere, is known by its old id, too. */
async function parentOf(
  { repository, signal }: Session,
  { parent, changed }: ImageBackupCommandOptions,
): Promise<StoredSnapshot | 'newest' | 'gone'> {
  if (parent === undefined) return 'newest'
  if (parent === 'latest') return findSnapshot(await loadSnapshots(repository, { signal }), parent)
  if (!FULL_ID.test(parent)) return loadNamedSnapshot(repository, parent, { signal })
  const all = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
  const found = all.find(({ id }) => id === parent) ?? all.find(({ original }) => original === parent)
  if (found) return found
  // Whoever knows what has changed since then has nothing to compare with, and gets the whole disk.
  return changed === undefined ? loadNamedSnapshot(repository, parent, { signal }) : 'gone'
}
