import { closeSync, constants, openSync } from 'node:fs'
import { constants as osConstants } from 'node:os'

import { type ByteString, joinPath } from './byte-string.ts'
import { type EntryLook, lookOf, StatxLook } from './entry-look.ts'
import { unreadable } from './open-file.ts'
import { type SystemCalls, systemError } from './system-calls.ts'
import { O_PATH } from './target-tree.ts'
import { statEntry } from './walk.ts'

/** A folder whose entries are looked at. */
export interface OpenFolder {
  /** What lies there under this name, links not followed; undefined when nothing does. Throws `source/unreadable`. */
  look(name: ByteString): EntryLook | undefined
  close(): void
}

const { ENOENT, ENOTDIR } = osConstants.errno

/**
 * Opens folders so that their entries are found by name alone: half the time of a look by path, and a folder that is
 * exchanged for a link meanwhile leads nowhere else. At most `most` are held open at a time; beyond, and where system
 * calls are missing, entries are looked at by their paths.
 */
export function createFolderOpener(calls: SystemCalls | undefined, most: number): (path: Buffer) => OpenFolder {
  const look = new StatxLook()
  let held = 0

  function byDescriptor(path: Buffer, descriptor: number, system: SystemCalls): OpenFolder {
    held++
    return {
      look(name) {
        const answer = system.statAt(descriptor, name, look.memory)
        if (answer === 0) return look
        if (answer === -ENOENT || answer === -ENOTDIR) return undefined
        const entry = joinPath(path, name)
        throw unreadable(entry, 'cannot be looked at', systemError(answer, 'statx', entry))
      },
      close() {
        held--
        closeSync(descriptor)
      },
    }
  }

  return (path) => {
    const descriptor = calls && held < most ? tryOpen(path) : undefined
    return calls && descriptor !== undefined ? byDescriptor(path, descriptor, calls) : byPath(path)
  }
}

function byPath(path: Buffer): OpenFolder {
  return {
    look(name) {
      const entry = joinPath(path, name)
      try {
        const stat = statEntry(entry)
        return stat && lookOf(stat)
      } catch (error) {
        throw unreadable(entry, 'cannot be looked at', error)
      }
    },
    close() {
      // Nothing is open.
    },
  }
}

function tryOpen(path: Buffer): number | undefined {
  try {
    return openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch {
    // Looked at by path, each entry tells what is wrong.
    return undefined
  }
}
