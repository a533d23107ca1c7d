import type { Stats } from 'node:fs'
import { join } from 'node:path'

import { type Chance, type Clock, systemCode } from '../../base/index.ts'
import { holdFolder } from './held-folder.ts'
import { close, fsync, open, readdir, stat, unlink, writeFully } from './system-call.ts'

const MARK = '-tmp-holdfast-'
const PATTERN = new RegExp(`^(?:config|[0-9a-f]{64})${MARK}`)

// Far longer than writing one file takes, and longer than clocks of two hosts on one share differ.
const LEFT_BEHIND_AFTER = 24 * 60 * 60 * 1000

/**
 * Names that nobody else uses, this process's other threads included. restic takes no notice of files whose names are
 * not 64 hexadecimal digits, and names its own temporary files `…-tmp-` and digits.
 */
export function createTemporaryNames(chance: Chance): (finalName: string) => string {
  const random = Buffer.alloc(8)
  const owner = chance.fill(random).toString('hex')
  let count = 0
  return (finalName) => `${finalName}${MARK}${owner}-${count++}`
}

/** The one name by which processes keep each other from making `config`, where the file system has no links. */
export const CONFIG_CLAIM = `config${MARK}claim`

/** Writes and flushes a new file. A failure may leave it half-written: the caller owes its removal. */
export async function writeTemporary(path: string, body: Uint8Array, mode: number, signal?: AbortSignal) {
  const fd = await open(path, 'wx', mode)
  try {
    signal?.throwIfAborted()
    await writeFully(fd, body)
    signal?.throwIfAborted()
    await fsync(fd)
  } finally {
    await close(fd)
  }
}

/** Removes a temporary file where an error is already on its way. What stays is swept a day later. */
export async function discard(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch {
    // Never made, or out of reach.
  }
}

function isLeftBehind({ mtimeMs }: Pick<Stats, 'mtimeMs'>, clock: Clock): boolean {
  return clock.now() - mtimeMs > LEFT_BEHIND_AFTER
}

/**
 * Removes the temporary files in `folder` that were last written more than a day ago. Should one of them have a living
 * owner after all (a machine that slept for a day in the middle of a save), that owner's rename fails and so does its
 * save: nothing is ever acknowledged that was swept.
 */
export async function sweep(root: string, folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!PATTERN.test(name)) continue
    try {
      if (!isLeftBehind(await stat(join(folder, name)), clock)) continue
      using held = await holdFolder(root, folder)
      // Asked again, as the folder may have been another one.
      if (isLeftBehind(await stat(held.at(name)), clock)) await unlink(held.at(name))
    } catch (error) {
      // Its owner, or another sweeper, was faster; what may not be removed harms nobody.
      if (systemCode(error) === undefined) throw error
    }
  }
}
