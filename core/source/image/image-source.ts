import { closeSync, constants, fstatSync, openSync } from 'node:fs'

import { CoreError, systemCode } from '../../base/index.ts'
import {
  descriptorPath,
  type EntryStat,
  kindOf,
  openSystemCalls,
  printable,
  type SystemCalls,
} from '../../file-system/index.ts'
import { type DataExtent, nextData } from '../file-server/content.ts'

/** A disk that is open for reading: a raw file or a block device. Whoever opens closes. */
export interface ImageSource {
  readonly path: Buffer
  /** Valid in every thread of this process. */
  readonly descriptor: number
  /** Of the disk. */
  readonly bytes: number
  /** The next data at or after `offset`; what lies between is a hole. Undefined where only a hole is left. */
  nextData(offset: number): DataExtent | undefined
  /**
   * To be called after the last read. Throws `source/vanished` where the disk has another size by now. Returns whether
   * somebody wrote to it meanwhile, as far as that can be told: of a device it cannot.
   */
  verify(): 'unchanged' | 'written'
  close(): void
}

/** Opens a disk. Throws `source/not-found`, `source/unreadable`, and `input/invalid` for what is no disk. */
export function openImageSource(path: Buffer): ImageSource {
  const descriptor = open(path)
  try {
    return sourceOver(path, descriptor, openSystemCalls())
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

// O_NONBLOCK: what is no disk after all, such as a FIFO, must not hang.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

function open(path: Buffer): number {
  try {
    return openSync(path, FLAGS)
  } catch (error) {
    const code = systemCode(error)
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
    throw sourceError(
      isMissing ? 'source/not-found' : 'source/unreadable',
      `${printable(path)} ${isMissing ? 'is not there' : 'cannot be opened'}${code === undefined ? '' : ` (${code})`}.`,
      'Check its path, and the rights of the user that runs the backup.',
      error,
    )
  }
}

function sourceOver(path: Buffer, descriptor: number, calls: SystemCalls | undefined): ImageSource {
  const shown = printable(path)
  const before = fstatSync(descriptor, { bigint: true })
  const kind = kindOf(before)
  if (kind !== 'file' && kind !== 'dev') {
    throw sourceError(
      'input/invalid',
      `${shown} is neither a regular file nor a block device.`,
      'Name the raw image or the device of a disk; files and folders are backed up by `holdfast repo backup`.',
    )
  }
  const bytes = sizeNow(before)
  if (bytes === 0) {
    throw sourceError(
      'input/invalid',
      `${shown} is empty: there is nothing to back up.`,
      'Check that it is the disk that you mean.',
    )
  }

  function sizeNow(stat: EntryStat): number {
    if (kindOf(stat) === 'file') return Number(stat.size)
    const size = calls?.seekEnd(descriptor) ?? -1
    if (size >= 0) return size
    throw sourceError(
      'source/unreadable',
      `The size of ${shown} cannot be told here.`,
      'Install the optional package koffi, and use Linux on 64 bits.',
    )
  }

  return {
    path,
    descriptor,
    bytes,
    nextData(offset) {
      // No device knows its holes.
      if (kind === 'dev') return { offset, length: bytes - offset }
      return nextData(calls, { descriptor }, offset, bytes)
    },
    verify() {
      const now = fstatSync(descriptor, { bigint: true })
      const size = sizeNow(now)
      if (size !== bytes) {
        throw sourceError(
          'source/vanished',
          `${shown} had ${bytes} bytes when the backup began, and has ${size} by now.`,
          'Back it up again when nobody changes its size.',
        )
      }
      return kind === 'file' && now.mtimeNs !== before.mtimeNs ? 'written' : 'unchanged'
    },
    close: () => closeSync(descriptor),
  }
}

/** A disk as one thread has it. */
export interface OpenDisk {
  readonly descriptor: number
  close(): void
}

/** The same disk, opened once more: so each thread has its own place in it, by which the kernel reads ahead. */
export function reopenImageSource(descriptor: number): OpenDisk {
  try {
    const own = openSync(descriptorPath(descriptor), FLAGS)
    return { descriptor: own, close: () => closeSync(own) }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    // Without /proc.
    return { descriptor, close: () => undefined }
  }
}

export function sourceError(
  code: 'source/not-found' | 'source/unreadable' | 'source/vanished' | 'input/invalid',
  message: string,
  remedy: string,
  cause?: unknown,
): CoreError {
  const context = systemCode(cause)
  return new CoreError(code, message, {
    cause,
    safety: 'No snapshot was made. What was stored before is safe.',
    remedy,
    ...(context === undefined ? {} : { context: { code: context } }),
  })
}
