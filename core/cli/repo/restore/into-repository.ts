import { existsSync } from 'node:fs'

import { CoreError } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'

const SLASH = 0x2f

/** Refuses a target that is a repository, or lies in one: files of a snapshot would take the place of its own. */
export function refuseRepository(target: Buffer): void {
  for (let end = target.length; end > 0; end = target.lastIndexOf(SLASH, end - 1)) {
    const folder = target.subarray(0, end)
    if (
      !['config', 'keys', 'data', 'snapshots'].every((name) =>
        existsSync(Buffer.concat([folder, Buffer.from(`/${name}`)])),
      )
    )
      continue
    throw new CoreError('input/invalid', `${printable(folder)} is a repository: nothing is restored into one.`, {
      safety: 'Nothing was written.',
      remedy: 'Name another --target.',
    })
  }
}
