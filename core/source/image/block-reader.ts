import { readSync } from 'node:fs'

import { reasonOf } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { sourceError } from './image-source.ts'

/**
 * Fills `target` from a disk. A disk that can be read in part only is no backup of it: throws `source/unreadable`, telling
 * the byte, and `source/vanished` where it ends before.
 */
export function readBlock(path: Uint8Array, descriptor: number, target: Uint8Array, position: number): void {
  for (let done = 0; done < target.length;) {
    const count = attempt(path, position + done, () =>
      readSync(descriptor, target, done, target.length - done, position + done),
    )
    if (count === 0) {
      throw sourceError(
        'source/vanished',
        `${printable(path)} ends at byte ${position + done}, and was longer when the backup began.`,
        'Back it up again when nobody changes its size.',
      )
    }
    done += count
  }
}

function attempt(path: Uint8Array, position: number, read: () => number): number {
  try {
    return read()
  } catch (error) {
    throw sourceError(
      'source/unreadable',
      `${printable(path)} cannot be read at byte ${position}: ${reasonOf(error)}.`,
      'Check the disk. To save what can be read of one that fails, copy it with ddrescue, and back up the copy.',
      error,
    )
  }
}
