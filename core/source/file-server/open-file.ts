import { closeSync, constants, fstatSync, openSync } from 'node:fs'

import { CoreError, systemCode } from '../../base/index.ts'
import { type EntryStat, kindOf, printable } from '../../file-system/index.ts'

/** A regular file that is open for reading, and what it was like when it was opened. */
export interface OpenFile {
  readonly descriptor: number
  /** What it is called in messages. */
  readonly path: Buffer
  readonly stat: EntryStat
}

// O_NONBLOCK: a FIFO that was put in the file's place must not hang the backup; regular files do not mind it.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens the regular file that `expected` was read of. Its access time stays as it is where the kernel allows that
 * (owner or root). Undefined when it has gone meanwhile. Fails with `source/unreadable` when it may not be opened or
 * when something else lies there now; the caller closes. `place` is where it is opened.
 */
export function openForReading(path: Buffer, place: Buffer, expected: EntryStat): OpenFile | undefined {
  const descriptor = openDescriptor(path, place, expected)
  if (descriptor === undefined) return undefined
  try {
    const stat = fstatSync(descriptor, { bigint: true })
    if (kindOf(stat) === 'file' && stat.ino === expected.ino && stat.dev === expected.dev) {
      return { descriptor, path, stat }
    }
  } catch (error) {
    closeSync(descriptor)
    throw unreadable(path, 'cannot be looked at', error)
  }
  closeSync(descriptor)
  throw unreadable(path, 'was replaced while it was being opened')
}

/** Whether a file is another one now than when it was opened: its size or its modification time differs. */
export function hasChanged(file: OpenFile): boolean {
  const now = attempt(file.path, () => fstatSync(file.descriptor, { bigint: true }))
  return now.size !== file.stat.size || now.mtimeNs !== file.stat.mtimeNs
}

function attempt<T>(path: Buffer, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unreadable(path, 'cannot be looked at', error)
  }
}

export function closeFile(file: OpenFile): void {
  closeSync(file.descriptor)
}

/** The error of a file that is missed: it is named in the run, which ends as a warning. */
export function unreadable(path: Uint8Array, what: string, cause?: unknown): CoreError {
  const code = systemCode(cause)
  const why = code === undefined ? '' : ` (${code})`
  return new CoreError('source/unreadable', `${printable(path)} ${what}${why}`, {
    cause,
    retryable: true,
    safety: 'This file is missing from the recovery point; all else is in it.',
    remedy: 'Check the rights of the user that runs the backup, and the disk; the next run tries again.',
    context: { path: printable(path), ...(code === undefined ? {} : { code }) },
  })
}

function openDescriptor(path: Buffer, place: Buffer, expected: EntryStat): number | undefined {
  const user = process.geteuid?.()
  const quiet = user === 0 || BigInt(user ?? -1) === expected.uid
  try {
    if (quiet) return openSync(place, FLAGS | constants.O_NOATIME)
    return openSync(place, FLAGS)
  } catch (error) {
    // EPERM: root of a container, or a network file system that sees another user.
    if (quiet && systemCode(error) === 'EPERM') return openDescriptorPlainly(path, place)
    return goneOrUnreadable(path, error)
  }
}

function openDescriptorPlainly(path: Buffer, place: Buffer): number | undefined {
  try {
    return openSync(place, FLAGS)
  } catch (error) {
    return goneOrUnreadable(path, error)
  }
}

function goneOrUnreadable(path: Buffer, error: unknown): undefined {
  const code = systemCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'ELOOP') throw unreadable(path, 'was replaced by a symbolic link while it was being opened', error)
  throw unreadable(path, 'cannot be opened', error)
}
