import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'

import { CoreError, systemCode } from '../base/index.ts'
import { descriptorPath, type EntryStat, O_PATH, type SystemCalls, systemError, kindOf } from '../file-system/index.ts'
import { checkName, entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

// Everything here names an entry by an open folder (see TargetTree) and one name. Nothing follows a symbolic link, and
// what is made belongs to the restoring user alone until its metadata is written. Failures are `target/refused` or
// `target/full`; a name that already exists is refused with a cause whose code is EEXIST.

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
/** Linux, include/uapi/asm-generic/fcntl.h. Node sets it by itself and does not name it. */
const O_CLOEXEC = 0o2000000
const EXISTING_FILE = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK
const FILE_TO_COMPARE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const TYPE_BITS = { fifo: 0o010000, chardev: 0o020000, dev: 0o060000 } as const

/** What lies there now. Undefined for nothing. */
export function statTarget(folder: number, name: Uint8Array): EntryStat | undefined {
  return attempt(name, 'cannot be looked at', () =>
    lstatSync(entryPath(folder, name), { bigint: true, throwIfNoEntry: false }),
  )
}

/**
 * Makes a folder, or takes the one that is there; that one is made writable for its owner, as what it is to become is
 * said by its metadata later. Returns whether it is new. Refuses when something else lies there.
 */
export function makeFolder(folder: number, name: Uint8Array): boolean {
  try {
    mkdirSync(entryPath(folder, name), PRIVATE_FOLDER)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw refusal(name, 'cannot be made', error)
  }
  attempt(name, 'is in the way and is no folder', () => {
    const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW
    const descriptor = openSync(entryPath(folder, name), flags)
    try {
      const mode = fstatSync(descriptor).mode & 0o7777
      if ((mode & PRIVATE_FOLDER) === PRIVATE_FOLDER || process.geteuid?.() === 0) return
      chmodSync(descriptorPath(descriptor), mode | PRIVATE_FOLDER)
    } finally {
      closeSync(descriptor)
    }
  })
  return false
}

/**
 * Makes an empty file and opens it for reading and writing. Whoever asked closes. With `calls` the folder is named by
 * its descriptor, which the kernel finds faster than its path in /proc.
 */
export function makeFile(folder: number, name: Uint8Array, calls?: SystemCalls): number {
  if (calls) {
    checkName(name)
    const descriptor = calls.openAt(folder, name, NEW_FILE | O_CLOEXEC, PRIVATE_FILE)
    if (descriptor < 0) throw refusal(name, 'cannot be made', systemError(descriptor, 'openat', name))
    return descriptor
  }
  return attempt(name, 'cannot be made', () => openSync(entryPath(folder, name), NEW_FILE, PRIVATE_FILE))
}

/**
 * Opens a regular file that is there for reading and writing; whoever asked closes. Undefined when nothing or something
 * else is there, when it has more than one name (writing would change the others), or when it may not be written
 * (read-only, or a program that runs): it has to be removed and made anew then.
 */
export function openForWriting(folder: number, name: Uint8Array): number | undefined {
  const path = entryPath(folder, name)
  // Asked before it is opened, because opening a device can make it act; and after, because it can be exchanged.
  if (!isOwnFile(statTarget(folder, name))) return undefined
  let descriptor: number
  try {
    descriptor = openSync(path, EXISTING_FILE)
  } catch (error) {
    const code = systemCode(error)
    if (code !== undefined && ['ENOENT', 'ELOOP', 'EACCES', 'EPERM', 'ETXTBSY', 'ENXIO'].includes(code))
      return undefined
    throw refusal(name, 'cannot be opened', error)
  }
  if (isOwnFile(fstatSync(descriptor, { bigint: true }))) return descriptor
  closeSync(descriptor)
  return undefined
}

/** Opens a regular file that is there for reading; whoever asked closes. Undefined when there is none. */
export function openForComparing(folder: number, name: Uint8Array): number | undefined {
  const stat = statTarget(folder, name)
  if (stat === undefined || kindOf(stat) !== 'file') return undefined
  const descriptor = attempt(name, 'cannot be opened', () => openSync(entryPath(folder, name), FILE_TO_COMPARE))
  if (kindOf(fstatSync(descriptor, { bigint: true })) === 'file') return descriptor
  closeSync(descriptor)
  return undefined
}

/** Makes a symbolic link. Where it points is stored as it is and never followed. */
export function makeSymlink(folder: number, name: Uint8Array, target: Uint8Array): void {
  attempt(name, 'cannot be made as a link', () => symlinkSync(Buffer.from(target), entryPath(folder, name)))
}

/** Where a symbolic link that is there points. */
export function readSymlink(folder: number, name: Uint8Array): Buffer {
  return attempt(name, 'cannot be read as a link', () => readlinkSync(entryPath(folder, name), { encoding: 'buffer' }))
}

/** Gives a file, symbolic link, FIFO or device a second name. Write its metadata before. */
export function makeHardLink(fromFolder: number, fromName: Uint8Array, folder: number, name: Uint8Array): void {
  attempt(name, 'cannot be made as a hard link', () =>
    linkSync(entryPath(fromFolder, fromName), entryPath(folder, name)),
  )
}

/** Makes a FIFO, or a device with this number (as `stat` gives it in `rdev`); only root may make devices. */
export function makeNode(
  calls: SystemCalls | undefined,
  folder: number,
  name: Uint8Array,
  kind: 'fifo' | 'chardev' | 'dev',
  device: bigint,
): void {
  if (calls === undefined) throw refusal(name, 'is a FIFO or device, which cannot be made on this machine')
  // Only for its check of the name.
  entryPath(folder, name)
  const answer = calls.makeNode(folder, name, TYPE_BITS[kind] | PRIVATE_FILE, kind === 'fifo' ? 0n : device)
  if (answer < 0) throw refusal(name, 'cannot be made', systemError(answer, 'mknodat', name))
}

/** Removes an entry, of folders only an empty one. Harmless where there is nothing. */
export function removeEntry(folder: number, name: Uint8Array): void {
  const stat = statTarget(folder, name)
  if (stat === undefined) return
  attempt(name, 'cannot be removed', () => {
    if (kindOf(stat) === 'dir') rmdirSync(entryPath(folder, name))
    else unlinkSync(entryPath(folder, name))
  })
}

function isOwnFile(stat: EntryStat | undefined): boolean {
  return stat !== undefined && kindOf(stat) === 'file' && stat.nlink === 1n
}

function attempt<T>(name: Uint8Array, what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw refusal(name, what, error)
  }
}

function refusal(name: Uint8Array, what: string, error?: unknown): CoreError {
  return error instanceof CoreError ? error : targetError(name, what, error)
}
