import { realpathSync } from 'node:fs'

import { CoreError } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'

/**
 * Where folders of the appliance lie in what is backed up, by the paths that the backup meets them at. Vaults would be stored
 * in themselves, each time anew; and the data folder holds what opens all of them.
 *
 * @param own Physical paths, as the roots are looked up: a root that is a link leads to where they are.
 */
export function ownFoldersIn(roots: readonly Buffer[], own: readonly Buffer[]): Buffer[] {
  return roots.flatMap((root) => {
    const top = physical(root)
    return own.flatMap((folder) =>
      isBelow(folder, top) ? [Buffer.concat([withSlash(root), folder.subarray(withSlash(top).length)])] : [],
    )
  })
}

/** Throws `object/conflict` where a root is this vault, or lies in it. */
export function refuseOwnVault(roots: readonly Buffer[], vault: Buffer): void {
  const place = physical(vault)
  const own = roots.find((root) => {
    const top = physical(root)
    return top.equals(place) || isBelow(top, place)
  })
  if (own === undefined) return
  throw new CoreError('object/conflict', `${printable(own)} lies in the very vault that it would be backed up to.`, {
    safety: 'Nothing was stored.',
    remedy: 'Take it out of the backup set, or back it up to another vault.',
  })
}

/** One that is away is where it was said to be. */
function physical(path: Buffer): Buffer {
  try {
    return realpathSync(path, { encoding: 'buffer' })
  } catch {
    return path
  }
}

function isBelow(path: Buffer, folder: Buffer): boolean {
  const start = withSlash(folder)
  return path.length > start.length && path.subarray(0, start.length).equals(start)
}

const SLASH = Buffer.from('/')

function withSlash(path: Buffer): Buffer {
  return path.at(-1) === SLASH[0] ? path : Buffer.concat([path, SLASH])
}
