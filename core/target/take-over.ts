import { chmodSync, chownSync, fstatSync } from 'node:fs'

import { systemCode } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'

/** Whose a folder was, and who could do what in it. */
export interface FolderOwner {
  readonly user: number
  readonly mode: number
}

const PRIVATE = 0o700
const SETGID = 0o2000
const STICKY = 0o1000
/** An ACL that lets somebody write shows in the bits of the group. */
const WRITABLE_BY_OTHERS = 0o022

/**
 * Makes an open folder ours alone, where somebody else could exchange what lies in it while it is filled. Returns what
 * it was; undefined where nobody could. `O_PATH` will do. An ordinary user cannot take a folder from another: it stays.
 */
export function takeOver(descriptor: number): FolderOwner | undefined {
  const { uid: user, mode: all } = fstatSync(descriptor)
  const mode = all & 0o7777
  const self = process.geteuid?.() ?? user
  // Where it is sticky others may add entries, and exchange none that are ours.
  if (user === self && ((mode & WRITABLE_BY_OTHERS) === 0 || (mode & STICKY) !== 0)) return undefined
  const path = descriptorPath(descriptor)
  try {
    // The owner first: a mode the former one could undo.
    if (user !== self) chownSync(path, self, -1)
    // With its group, new entries have the right one from the start.
    chmodSync(path, PRIVATE | (mode & SETGID))
  } catch (error) {
    if (systemCode(error) === 'EPERM') return undefined
    throw error
  }
  return { user, mode }
}

/** Undoes that. */
export function giveBack(descriptor: number, { user, mode }: FolderOwner): void {
  const path = descriptorPath(descriptor)
  if (fstatSync(descriptor).uid !== user) chownSync(path, user, -1)
  chmodSync(path, mode)
}
