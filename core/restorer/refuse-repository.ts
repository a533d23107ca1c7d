import { existsSync, realpathSync } from 'node:fs'

import { CoreError } from '../base/index.ts'
import { printable } from '../file-system/index.ts'

const SLASH = 0x2f

/** Refuses a target that is a repository, or lies in one: files of a snapshot would take the place of its own. */
export function refuseRepository(target: Buffer): void {
  // Where a symbolic link leads to is what is written to.
  const real = realPathOf(target)
  for (let end = real.length; end > 0; end = real.lastIndexOf(SLASH, end - 1)) {
    const folder = real.subarray(0, end)
    if (!isRepository(folder)) continue
    throw new CoreError('input/invalid', `${printable(folder)} is a repository: nothing is restored into one.`, {
      safety: 'Nothing was written.',
      remedy: 'Name another target.',
    })
  }
}

/** Of the nearest folder above that is there, as the rest is still to be made. */
function realPathOf(path: Buffer): Buffer {
  for (let end = path.length; end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
    const above = path.subarray(0, end)
    if (existsSync(above)) return realpathSync(above, { encoding: 'buffer' })
  }
  return Buffer.from('/')
}

function isRepository(folder: Buffer): boolean {
  return ['config', 'keys', 'data', 'snapshots'].every((name) =>
    existsSync(Buffer.concat([folder, Buffer.from(`/${name}`)])),
  )
}
