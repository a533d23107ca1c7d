import { closeSync, constants, openSync } from 'node:fs'

import { CoreError, isCode, systemCode } from '../base/index.ts'
import { entryPath } from './entry-path.ts'
import { hasMountsBelow, type Room, roomOf } from './room.ts'
import { FOLDER_FLAGS, openRoot, type RootOptions } from './root-folder.ts'
import { targetError } from './target-error.ts'

/**
 * The folder that a restore writes to, and the folders below it, held open.
 *
 * What is guaranteed, also against a hostile snapshot and against somebody who exchanges files while a restore runs:
 * a folder is only ever reached name by name from the open folder above it, and a symbolic link in its place is refused
 * (`O_NOFOLLOW`). Nothing outside the root is therefore opened, made, changed or removed. The path of the root itself
 * is the person's choice and is followed, unless it `holdsToPath`: then it is reached from `/` on in the same way. Not
 * covered: a folder that somebody with the right to do so moves elsewhere while it is open is written to where it is then.
 */
export interface TargetTree {
  /**
   * A descriptor (`O_PATH`) of the folder with this path below the root; empty for the root itself. The tree closes
   * it: the last two answers are valid, which a hard link needs, an earlier one may not be. Fails with
   * `target/refused`.
   */
  folder(path: Uint8Array): number
  /** Of the file system that this folder lies on, or would where it is not there. Empty for the root itself. */
  room(path: Uint8Array): Room
  /** Whether other file systems are mounted below the root. */
  hasMounts(): boolean
  close(): void
}

export interface TargetTreeOptions extends RootOptions {
  /** How many folders are held open at most, beside the last two asked for. */
  readonly openFolders?: number | undefined
}

// Deep enough for most trees, far below the 1024 descriptors that a process usually may have.
const OPEN_FOLDERS = 128

/**
 * Opens, and makes where it is missing, the folder that is restored to. Where it is not to be made, a tree without any
 * folders has the room that there is above it. Fails with `target/refused`.
 */
export function openTargetTree(
  root: Uint8Array,
  { openFolders = OPEN_FOLDERS, ...options }: TargetTreeOptions = {},
): TargetTree {
  const { descriptor: rootDescriptor, isThere } = openRoot(Buffer.from(root), options)
  // By path, the least recently used first.
  const open = new Map<string, number>()

  let latest = ''
  let previous = ''

  function folder(path: Uint8Array): number {
    if (!isThere) throw targetError(root, 'is not there')
    const key = Buffer.from(path).toString('latin1')
    if (key === '') return rootDescriptor
    if (key !== latest) {
      previous = latest
      latest = key
    }
    return below(key)
  }

  function below(path: string): number {
    const known = open.get(path)
    if (known !== undefined) {
      // Now the most recently used.
      open.delete(path)
      open.set(path, known)
      return known
    }
    const slash = path.lastIndexOf('/')
    const parent = slash < 0 ? rootDescriptor : below(path.slice(0, slash))
    const descriptor = openFolder(parent, Buffer.from(path.slice(slash + 1), 'latin1'))
    open.set(path, descriptor)
    if (open.size > openFolders) closeOldest(path)
    return descriptor
  }

  function closeOldest(newest: string): void {
    for (const [path, descriptor] of open) {
      if (path === newest || path === latest || path === previous) continue
      open.delete(path)
      closeSync(descriptor)
      return
    }
  }

  return {
    folder,
    room(path) {
      if (!isThere) return roomOf(rootDescriptor)
      for (let above = Buffer.from(path).toString('latin1'); above !== ''; above = parentOf(above)) {
        try {
          return roomOf(below(above))
        } catch (error) {
          if (!isCode(error, 'target/refused')) throw error
        }
      }
      return roomOf(rootDescriptor)
    },
    hasMounts: () => isThere && hasMountsBelow(rootDescriptor),
    close() {
      for (const descriptor of open.values()) closeSync(descriptor)
      open.clear()
      closeSync(rootDescriptor)
    },
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function openFolder(parent: number, name: Uint8Array): number {
  try {
    return openSync(entryPath(parent, name), FOLDER_FLAGS | constants.O_NOFOLLOW)
  } catch (error) {
    if (error instanceof CoreError) throw error
    const isOther = systemCode(error) === 'ENOTDIR'
    throw targetError(name, isOther ? 'is not a folder, and links are not followed' : 'cannot be opened', error)
  }
}
