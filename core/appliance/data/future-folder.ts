import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

import { CoreError, systemCode } from '../../base/index.ts'
import { unusable } from './data-folder.ts'

/** File systems of the kernel, in which nobody makes folders, by what statfs(2) calls them. */
const KERNELS: ReadonlySet<number> = new Set([0x9fa0, 0x62656572])

/** Throws `service/unavailable` where a folder that is not there could not be made. Makes nothing. */
export async function proveFutureFolder(path: string): Promise<void> {
  let above = dirname(path)
  try {
    while (!(await isThere(above))) above = dirname(above)
    await access(above, constants.W_OK | constants.X_OK)
    if (!KERNELS.has((await statfs(above)).type)) return
  } catch (error) {
    throw unusable(path, error)
  }
  throw new CoreError('service/unavailable', `The data folder ${path} cannot be used: ${above} keeps no files.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name a folder on a disk with --data-dir.',
  })
}

async function isThere(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
  throw new CoreError('service/unavailable', `The data folder cannot be used: ${path} is no folder.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name another with --data-dir.',
  })
}
