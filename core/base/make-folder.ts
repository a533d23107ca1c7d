import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import { systemCode } from './error.ts'

/**
 * Makes a folder, and those above it that are missing. Returns the first that it made; undefined: all were there. Node's own
 * recursive mkdir never ends where the file system says that a folder is not there and makes none (`/proc`; Node 24).
 */
export async function makeFolder(path: string, mode = 0o777): Promise<string | undefined> {
  try {
    await mkdir(path, { mode })
    return path
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return undefined
    if (code !== 'ENOENT' || dirname(path) === path) throw error
  }
  const first = await makeFolder(dirname(path), mode)
  try {
    await mkdir(path, { mode })
  } catch (error) {
    // Somebody else has made it in between.
    if (systemCode(error) !== 'EEXIST') throw error
  }
  return first ?? path
}
