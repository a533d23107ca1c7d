import { constants, existsSync } from 'node:fs'
import { join, relative } from 'node:path'

import { CoreError, systemCode } from '../../base/index.ts'
import { flushDescriptor, flushFolder } from './folder.ts'
import { closeSoon, lstat, open } from './system-call.ts'

/** A folder of a repository while something is written to it or removed from it. */
export interface HeldFolder extends Disposable {
  /** The path of a name in this very folder, whatever is put in its place meanwhile. */
  at(name: string): string
  /** As `flushFolder`. */
  flush(): Promise<void>
}

/** The folder itself, never what a link in its place leads to. */
const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
/** What Linux answers to these flags where a link is, by its version and the file system. */
const NO_FOLDER = new Set<string | undefined>(['ELOOP', 'ENOTDIR'])

/**
 * Holds a folder until it is disposed of. Throws `storage/refused` where it, or one between it and `root`, is a symbolic
 * link: by one, whoever may write to the storage could have a prune remove files anywhere else, such as the packs of another
 * repository. `root` itself is what a person named, and followed.
 */
export async function holdFolder(root: string, folder: string): Promise<HeldFolder> {
  const descriptors: number[] = []
  const close = (): void => descriptors.forEach(closeSoon)
  let named = root
  let path = root
  try {
    for (const name of relative(root, folder).split('/').filter(Boolean)) {
      named = join(named, name)
      const descriptor = await openItself(join(path, name), named)
      descriptors.push(descriptor)
      path = pathBy(descriptor, named)
    }
  } catch (error) {
    close()
    throw error
  }
  const last = descriptors.at(-1)
  return {
    at: (name) => join(path, name),
    flush: () => (last === undefined ? flushFolder(root) : flushDescriptor(last)),
    [Symbol.dispose]: close,
  }
}

async function openItself(path: string, named: string): Promise<number> {
  try {
    return await open(path, FLAGS)
  } catch (error) {
    if (NO_FOLDER.has(systemCode(error)) && (await isLink(path))) throw linkedFolder(named, error)
    throw error
  }
}

/** Without /proc, and only there, whoever exchanges folders at the right moment leads us elsewhere all the same. */
function pathBy(descriptor: number, named: string): string {
  const path = `/proc/self/fd/${descriptor}`
  return existsSync(path) ? path : named
}

export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink()
}

/** The error for a folder of a repository that is a symbolic link. */
export function linkedFolder(path: string, cause?: unknown): CoreError {
  return new CoreError(
    'storage/refused',
    `${path} is a symbolic link, and has to be a folder of the repository itself.`,
    {
      cause,
      safety: 'Nothing was written or removed through it: it may lead to files of somebody else.',
      remedy:
        'If it was made on purpose, to keep this folder on another disk, put a bind mount in its place (`mount --bind`), or move the whole repository there. If nobody made it, somebody meddled with the storage: run `holdfast repo check --no-lock`.',
      context: { location: path },
    },
  )
}
