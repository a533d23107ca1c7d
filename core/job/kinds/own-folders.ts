import { realpath } from 'node:fs/promises'

import { CoreError, sleep } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'

/**
 * Where folders of the appliance lie in what is backed up, by the paths that the backup meets them at. Vaults would be stored
 * in themselves, each time anew; and the data folder holds what opens all of them.
 */
export async function ownFoldersIn(roots: readonly Buffer[], own: readonly Buffer[]): Promise<Buffer[]> {
  const places = await Promise.all(own.map(physical))
  const tops = await Promise.all(roots.map(async (root) => ({ root, top: await physical(root) })))
  return tops.flatMap(({ root, top }) =>
    places
      .filter((place) => isBelow(place, top))
      .map((place) => Buffer.concat([withSlash(root), place.subarray(withSlash(top).length)])),
  )
}

/** Throws `object/conflict` where a root is this vault, or lies in it. */
export async function refuseOwnVault(roots: readonly Buffer[], vault: Buffer): Promise<void> {
  const place = await physical(vault)
  for (const root of roots) {
    const top = await physical(root)
    if (!top.equals(place) && !isBelow(top, place)) continue
    throw new CoreError('object/conflict', `${printable(root)} lies in the very vault that it would be backed up to.`, {
      safety: 'Nothing was stored.',
      remedy: 'Take it out of the backup set, or back it up to another vault.',
    })
  }
}

/** Another vault may lie on a share that hangs. Milliseconds. */
const ANSWERS_WITHIN = 5_000

/** One that is away is where it was said to be. */
async function physical(path: Buffer): Promise<Buffer> {
  const answered = new AbortController()
  const late = sleep(ANSWERS_WITHIN, { signal: answered.signal }).catch(() => undefined)
  try {
    return (await Promise.race([realpath(path, { encoding: 'buffer' }), late])) ?? path
  } catch {
    return path
  } finally {
    answered.abort()
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
