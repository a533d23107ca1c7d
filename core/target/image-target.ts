import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, realpathSync, unlinkSync } from 'node:fs'

import { type Chance, CoreError, formatBytes, systemCode } from '../base/index.ts'
import { kindOf, openSystemCalls, printable, statEntry } from '../file-system/index.ts'
import { entryPath } from './entry-path.ts'
import { makeFile } from './make.ts'
import { newPartMark, partName, publishPart, removeLeftParts } from './part-file.ts'
import { roomAbove } from './room.ts'
import { type Likeness, likenessOf, type LikenessLoss, takeAfter } from './take-after.ts'
import { targetError } from './target-error.ts'

/** What a disk is restored to: a raw file, or a block device. */
export interface ImageTarget {
  /** Open for reading and writing, in every thread of this process. */
  readonly descriptor: number
  /** What is not written keeps its old bytes: of a file it is a hole. */
  readonly isDevice: boolean
  /** Makes what was written durable: what is read past the page cache is it from then on. */
  flush(): void
  /** Makes what was written durable, and gives a file its name. Once, and last. */
  publish(): void
  /** Closes it. A file that was not published is gone. Never throws: what was published is durable, and all else is lost. */
  close(): void
}

export interface ImageTargetOptions {
  /** Of the disk. */
  readonly bytes: number
  /** How many of them will be written. */
  readonly needed: number
  /** A file that is there is replaced by the whole one, a device written over. */
  readonly overwrite: boolean
  readonly chance: Chance
  /** Called for what a file has not of the one that it replaces. */
  readonly onLoss: LikenessLoss
}

/** `path` is absolute, and followed where it is a link. Throws `target/refused` and `target/full`; nothing is written then. */
export function openImageTarget(path: Buffer, options: ImageTargetOptions): ImageTarget {
  const there = attempt(path, 'cannot be looked at', () => statEntry(path))
  const real = there ? attempt(path, 'cannot be followed', () => realpathSync(path, { encoding: 'buffer' })) : path
  const kind = there && kindOf(statEntry(real) ?? there)
  if (kind !== undefined && kind !== 'file' && kind !== 'dev')
    throw refused(path, 'is neither a regular file nor a block device', 'Name another --target.')
  if (kind !== undefined && !options.overwrite)
    throw refused(path, 'is there already', 'Name another --target, or give --overwrite to lose what is there.')
  if (kind === 'dev') return openDevice(real, options)
  const replaced = statEntry(real)
  return openPart(real, options, replaced && likenessOf(real, replaced))
}

function openPart(
  path: Buffer,
  { bytes, needed, overwrite, chance, onLoss }: ImageTargetOptions,
  replaced: Likeness | undefined,
): ImageTarget {
  const slash = path.lastIndexOf('/')
  const [folderPath, name] = [path.subarray(0, Math.max(1, slash)), path.subarray(slash + 1)]
  const { freeBytes, isReadOnly } = roomAbove(folderPath)
  if (isReadOnly) throw refused(path, 'lies on a file system that is read-only', 'Name another --target.')
  if (needed > freeBytes) throw tooFull(path, needed, freeBytes)
  const folder = attempt(folderPath, 'cannot be opened', () =>
    openSync(folderPath, constants.O_RDONLY | constants.O_DIRECTORY),
  )
  const mark = newPartMark(chance)
  const part = partName(name, mark)
  let isPublished = false
  let descriptor: number | undefined

  function close(): void {
    const made = descriptor
    if (made !== undefined) quietly(() => closeSync(made))
    if (made !== undefined && !isPublished) quietly(() => unlinkSync(entryPath(folder, part)))
    quietly(() => closeSync(folder))
  }

  try {
    removeLeftParts(folder, mark)
    const made = makeFile(folder, part, openSystemCalls())
    descriptor = made
    attempt(path, 'cannot be made so large', () => ftruncateSync(made, bytes))
    return {
      descriptor,
      isDevice: false,
      flush: () => attempt(path, 'cannot be written', () => fsyncSync(made)),
      publish() {
        if (replaced) takeAfter(made, replaced, onLoss)
        attempt(path, 'cannot be written', () => fsyncSync(made))
        publishPart(folder, name, part, fstatSync(made, { bigint: true }), overwrite)
        isPublished = true
        attempt(path, 'has its name, which may be lost when power is', () => fsyncSync(folder))
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

function openDevice(path: Buffer, { bytes }: ImageTargetOptions): ImageTarget {
  // With O_EXCL the kernel refuses a device that is mounted, or in somebody's use.
  const descriptor = attempt(path, 'cannot be opened for writing by nobody else', () =>
    openSync(path, constants.O_RDWR | constants.O_EXCL),
  )
  const size = openSystemCalls()?.seekEnd(descriptor) ?? -1
  if (size < bytes) {
    closeSync(descriptor)
    throw size < 0
      ? refused(path, 'does not tell its size here', 'Install the optional package koffi, and use Linux on 64 bits.')
      : refused(path, `has ${size} bytes, and the disk ${bytes}`, 'Name a device that is as large.')
  }
  return {
    descriptor,
    isDevice: true,
    flush: () => attempt(path, 'cannot be written', () => fsyncSync(descriptor)),
    publish: () => attempt(path, 'cannot be written', () => fsyncSync(descriptor)),
    close: () => quietly(() => closeSync(descriptor)),
  }
}

function attempt<T>(path: Buffer, what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    throw targetError(path, what, error)
  }
}

/** For what is done in the end: it must not hide why the end came. */
function quietly(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

function refused(path: Buffer, what: string, remedy: string): CoreError {
  return new CoreError('target/refused', `${printable(path)} ${what}.`, { safety: 'Nothing was written.', remedy })
}

function tooFull(path: Buffer, needed: number, free: number): CoreError {
  const text = `Restoring to ${printable(path)} needs ${formatBytes(needed)}, and ${formatBytes(free)} are free there.`
  return new CoreError('target/full', text, {
    safety: 'Nothing was written.',
    remedy: `Free ${formatBytes(needed - free)}, or choose another target.`,
    context: { needed, free },
  })
}
