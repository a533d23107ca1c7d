import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs'

import { type CoreError, systemCode } from '../base/index.ts'
import { descriptorPath, O_PATH } from '../file-system/index.ts'
import { entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

export interface RootOptions {
  /**
   * The path was resolved and checked before: no link on it is followed, from `/` on, whoever put it there since then.
   * Otherwise the path is the person's own choice, and is followed.
   */
  readonly holdsToPath?: boolean | undefined
  /** Whether it is made where it is missing. Default: yes. */
  readonly makesRoot?: boolean | undefined
}

/** The folder that is restored to, open (`O_PATH`); or where it is missing and was not to be made, the nearest one above. */
export interface RootFolder {
  readonly descriptor: number
  readonly isThere: boolean
}

export const FOLDER_FLAGS = O_PATH | constants.O_DIRECTORY

/** What is restored may be nobody else's business: restic makes it so too. */
const NEW_ROOT = 0o700
const SLASH = 0x2f

/** Opens the folder that is restored to. Whoever asked closes. Fails with `target/refused`. */
export function openRoot(path: Buffer, { holdsToPath = false, makesRoot = true }: RootOptions): RootFolder {
  const root = holdsToPath ? openByNames(path, makesRoot) : openByPath(path, makesRoot)
  if (isReached(root.descriptor)) return root
  closeSync(root.descriptor)
  throw unreached(path)
}

/**
 * Name by name from `/` on, each from the open folder above it, so that the way that was checked is the way that is gone:
 * what lies at a name when it is opened is a folder, or is refused.
 */
function openByNames(path: Buffer, makesRoot: boolean): RootFolder {
  let descriptor = openSync('/', FOLDER_FLAGS)
  try {
    if (path[0] !== SLASH) throw targetError(path, 'is not a path from / on')
    // Else no name would be found below it, which is no reason to make any.
    if (!isReached(descriptor)) throw unreached(path)
    for (const { name, end } of namesOf(path)) {
      const below = openName(descriptor, name, path.subarray(0, end), makesRoot)
      if (below === undefined) return { descriptor, isThere: false }
      closeSync(descriptor)
      descriptor = below
    }
    return { descriptor, isThere: true }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** The names of a path, and where in it each ends. */
function* namesOf(path: Buffer): Generator<{ readonly name: Buffer; readonly end: number }> {
  for (let start = 0; start < path.length;) {
    const slash = path.indexOf(SLASH, start)
    const end = slash < 0 ? path.length : slash
    if (end > start) yield { name: path.subarray(start, end), end }
    start = end + 1
  }
}

/** Undefined where it is missing and is not to be made. `path` is what it is called in an error. */
function openName(parent: number, name: Buffer, path: Buffer, makes: boolean): number | undefined {
  const at = entryPath(parent, name)
  const flags = FOLDER_FLAGS | constants.O_NOFOLLOW
  try {
    try {
      return openSync(at, flags)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
    if (!makes) return undefined
    makeFolder(at)
    return openSync(at, flags)
  } catch (error) {
    const isOther = systemCode(error) === 'ENOTDIR' || systemCode(error) === 'ELOOP'
    throw targetError(path, isOther ? otherThan(at) : 'cannot be opened', error)
  }
}

function otherThan(at: Buffer): string {
  const isLink = lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  return isLink ? 'is a link, and no link is followed on the way to what was checked before' : 'is not a folder'
}

function openByPath(path: Buffer, makesRoot: boolean): RootFolder {
  try {
    if (!makesRoot) return openNearest(path)
    makeFolders(path)
    return { descriptor: openSync(path, FOLDER_FLAGS), isThere: true }
  } catch (error) {
    const isOther = ['EEXIST', 'ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')
    throw targetError(path, isOther ? 'is not a folder, or does not lie in one' : 'cannot be opened', error)
  }
}

function openNearest(path: Buffer, end = path.length): RootFolder {
  try {
    return { descriptor: openSync(path.subarray(0, end), FOLDER_FLAGS), isThere: end === path.length }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || end <= 1) throw error
    return openNearest(path, Math.max(1, path.lastIndexOf(SLASH, end - 1)))
  }
}

/** As `mkdir -p`. Node's own never ends where the kernel lets nobody make anything, as below /proc. */
function makeFolders(path: Buffer): void {
  try {
    makeFolder(path)
  } catch (error) {
    const slash = path.lastIndexOf(SLASH)
    if (systemCode(error) !== 'ENOENT' || slash <= 0) throw error
    makeFolders(path.subarray(0, slash))
    mkdirSync(path, NEW_ROOT)
  }
}

/** Or leaves what is there. */
function makeFolder(path: Buffer): void {
  try {
    mkdirSync(path, NEW_ROOT)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** Whether /proc leads where the descriptor is open. */
function isReached(descriptor: number): boolean {
  try {
    const reached = statSync(descriptorPath(descriptor), { bigint: true })
    const opened = fstatSync(descriptor, { bigint: true })
    return reached.ino === opened.ino && reached.dev === opened.dev
  } catch {
    return false
  }
}

function unreached(path: Buffer): CoreError {
  return targetError(path, 'cannot be restored to, because that takes Linux with /proc mounted')
}
