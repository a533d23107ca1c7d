import { opendirSync } from 'node:fs'

import { CoreError } from '../../base/index.ts'
import { type EntryStat, kindOf, statEntry, printable } from '../../file-system/index.ts'

/** What makes a root this root and no other: the file system it lies on and its number there. Plain data. */
export interface RootIdentity {
  readonly device: bigint
  readonly inode: bigint
}

/** Looks at a root before a walk. Fails with `source/not-found`, or `source/unreadable`. */
export function identifyRoot(path: Buffer): RootIdentity {
  const stat = look(path)
  if (stat && kindOf(stat) === 'socket') {
    throw new CoreError(
      'source/unreadable',
      `${printable(path)} is a socket, and has nothing that could be backed up.`,
      {
        safety: 'Nothing was read or stored; earlier recovery points are untouched.',
        remedy: 'A socket exists only while its program runs: back up what that program stores.',
        context: { path: printable(path) },
      },
    )
  }
  if (stat) return { device: stat.dev, inode: stat.ino }
  throw new CoreError('source/not-found', `There is nothing at ${printable(path)}.`, {
    safety: 'Nothing was read or stored; earlier recovery points are untouched.',
    remedy: 'Check the path, and that the file system it lies on is mounted.',
    context: { path: printable(path) },
  })
}

/**
 * Looks again after the walk. When a file system was unmounted meanwhile, its empty mount point must never look as if
 * everything had been deleted: fails with `source/vanished`, and no recovery point may be made of what was read.
 */
export function verifyRoot(path: Buffer, identity: RootIdentity): void {
  const stat = look(path)
  if (!stat || !isIdentity(stat, identity)) throw vanished(path, stat !== undefined)
}

export function isIdentity(stat: Pick<EntryStat, 'dev' | 'ino'>, { device, inode }: RootIdentity): boolean {
  return stat.dev === device && stat.ino === inode
}

/** The error of a root that is gone, or is another one than it was. */
export function vanished(path: Buffer, isThere: boolean): CoreError {
  const found = isThere ? 'is another one now (an unmounted file system, or a replaced folder)' : 'is gone'
  return new CoreError('source/vanished', `${printable(path)} ${found} while it was being read`, {
    retryable: true,
    safety: 'No recovery point was made of this run; earlier ones are untouched.',
    remedy: 'Make sure that the file system is mounted, then run the backup again.',
    context: { path: printable(path) },
  })
}

/** Whether there is a folder, with nothing in it. False where that cannot be seen: the walk tells what is wrong. */
export function isEmptyFolder(path: Buffer): boolean {
  try {
    using folder = opendirSync(path)
    return folder.readSync() === null
  } catch {
    return false
  }
}

function look(path: Buffer): EntryStat | undefined {
  try {
    return statEntry(path)
  } catch (error) {
    throw new CoreError('source/unreadable', `${printable(path)} cannot be looked at`, {
      cause: error,
      safety: 'Earlier recovery points are untouched.',
      remedy: 'Give the user that runs the backup the right to read this path, or check the disk.',
      context: { path: printable(path) },
    })
  }
}
