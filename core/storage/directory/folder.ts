import { dirname } from 'node:path'

import { CoreError, systemCode } from '../../base/index.ts'
import { close, fsync, mkdir, open } from './system-call.ts'

/** Makes a folder below one that exists. Whether it was made now: false when it was there. */
export async function makeFolder(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, mode)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Makes a folder and those above it, durably. */
export async function makeFolders(path: string, mode: number): Promise<void> {
  const made = await makeMissing(path, mode)
  for (const folder of made.toReversed()) await flushFolder(dirname(folder))
}

/** Returns what it made, topmost first. Node's own recursive mkdir never ends where the kernel lets nobody make anything. */
async function makeMissing(path: string, mode: number): Promise<string[]> {
  try {
    return (await makeFolder(path, mode)) ? [path] : []
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    const made = await makeMissing(parent, mode)
    return (await makeBelow(path, mode)) ? [...made, path] : made
  }
}

/** Of a folder that is there: where it is missing all the same, as below /proc, trying again is of no use. */
async function makeBelow(path: string, mode: number): Promise<boolean> {
  try {
    return await makeFolder(path, mode)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new CoreError('storage/refused', `Cannot make the folder ${path}: nobody can make any there`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Choose a place on a disk or a share.',
      context: { location: path },
    })
  }
}

/**
 * Makes the names in a folder durable. A rename, link or unlink in it is lost by a power failure until this resolves.
 * Some network and FUSE file systems cannot flush folders; they answer EINVAL or ENOTSUP, and nothing more can be done.
 */
export async function flushFolder(path: string): Promise<void> {
  const fd = await open(path, 'r')
  try {
    await flushDescriptor(fd)
  } finally {
    await close(fd)
  }
}

/** The same for one that is open. */
export async function flushDescriptor(fd: number): Promise<void> {
  try {
    await fsync(fd)
  } catch (error) {
    const code = systemCode(error)
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error
  }
}
