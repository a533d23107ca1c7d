import { argumentBytes, formatBytes, formatDuration, isCode, reasonOf, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { type DamagedArea, restoreImage, startImageRestoreThreads, refuseRepository } from '../../../restorer/index.ts'
import { diskPath } from '../../../snapshot/index.ts'
import { absolutePath, refuseNotText } from '../../byte-arguments.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { missedWords } from '../lookup/missed-words.ts'
import { type OpenSnapshot, openSnapshot } from '../lookup/open-snapshot.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { imageName } from './image-name.ts'
import type { ImageRestoreCommandOptions } from './image-options.ts'
import { showDiskProgress } from './image-progress.ts'

export async function runImageRestore(wanted: string, options: ImageRestoreCommandOptions): Promise<ExitCode> {
  refuseNotText(options, ['target'])
  const name = imageName(options.name)
  const target = absolutePath(argumentBytes(options.target))
  refuseRepository(target)
  const shown = printable(target)
  const { verify = false, overwrite = false, skipDamaged = false } = options
  const workers = options.workers ?? availableWorkers()
  const threads = startImageRestoreThreads(workers)

  async function restore(session: Session): Promise<ExitCode> {
    const { repository, output, signal } = session
    const since = systemClock.monotonic()
    const { snapshot, index, root } = await openDisk(session, wanted, name, options)
    const missed = missedWords(snapshot)
    if (missed !== undefined) output.warn(missed)
    let losses = 0
    const show = showDiskProgress(output, systemClock)
    const restored = await restoreImage(repository, index, {
      tree: root,
      name,
      target,
      overwrite,
      verify,
      skipDamaged,
      workers,
      threads,
      onBegin: ({ bytes }) =>
        output.say(
          `Restoring disk ${name} of snapshot ${snapshot.id.slice(0, 8)}, ${formatBytes(bytes)}, to ${shown}.`,
        ),
      onLoss(part, error) {
        losses++
        output.warn(`${shown} has not the ${part} of the file that it replaces: ${reasonOf(error)}`)
      },
      onDamaged: (area) => warnDamaged(output, area),
      onProgress: ({ bytesTotal, bytesWritten, bytesVerified }) =>
        show({
          bytesTotal,
          bytesDone: bytesWritten,
          bytesMoved: bytesWritten + bytesVerified,
          more: { bytes_verified: bytesVerified },
        }),
      signal,
    })
    const { layout, bytesWritten, bytesDamaged, isDevice, isVerified } = restored
    const elapsed = systemClock.monotonic() - since
    const rate = formatBytes(Math.round(bytesWritten / Math.max(0.001, elapsed / 1000)))
    output.say(
      `Restored ${formatBytes(layout.bytes)} to ${shown}, of which ${formatBytes(bytesWritten)} were written, in ${formatDuration(elapsed)} (${rate}/s)${verify ? `, and read all of it again${isVerified ? '' : ', some of it perhaps from memory: nothing can be read past the page cache there'}` : ''}.`,
    )
    if (bytesDamaged > 0)
      output.warn(
        `${formatBytes(bytesDamaged)} of the disk are damaged in the repository, and zeros in ${shown}: named above.`,
      )
    output.emit({
      message_type: 'summary',
      snapshot_id: snapshot.id,
      target: shown,
      is_device: isDevice,
      disk_bytes: layout.bytes,
      bytes_written: bytesWritten,
      bytes_damaged: bytesDamaged,
      verified: verify,
      verified_past_cache: isVerified,
      seconds_elapsed: elapsed / 1000,
    })
    return bytesDamaged + losses > 0 ? EXIT.warnings : EXIT.done
  }

  try {
    const outcome = `The disk was not restored: ${shown} is as it was if it is a file or was not there, and written in part if it is a device.`
    return await tellingIfStopped(outcome, withSession(options, 'shared', restore, { laneMixer: threads.laneMixer }))
  } finally {
    await threads.end()
  }
}

function warnDamaged(output: Output, { offset, length, reason }: DamagedArea): void {
  if (output.json) output.emit({ message_type: 'error', error: { message: reason }, during: 'restore', offset, length })
  else output.warn(`damaged: bytes ${offset} to ${offset + length - 1}: ${reason}`)
}

/** `latest` is the newest of this disk. Where there is none the newest of all is opened, which says what it lacks. */
async function openDisk(
  session: Session,
  wanted: string,
  name: string,
  options: ImageRestoreCommandOptions,
): Promise<OpenSnapshot> {
  try {
    return await openSnapshot(session, wanted, { path: [diskPath(name)], ...options })
  } catch (error) {
    if (!isCode(error, 'repository/not-in-repository')) throw error
    return openSnapshot(session, wanted, options)
  }
}
