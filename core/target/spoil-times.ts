import { lstatSync, lutimesSync } from 'node:fs'

import { entryPath } from './entry-path.ts'

/**
 * Takes the time of a good file, `modified` in nanoseconds, from one whose bytes are not what they should be, so that a
 * later restore takes it neither for right nor for newer. Never fails: that the file is lost is told anyway.
 */
export function spoilTimes(folder: number, name: Uint8Array, modified: bigint): void {
  const path = entryPath(folder, name)
  try {
    if (lstatSync(path, { bigint: true }).mtimeNs !== modified) return
    const aSecondBefore = Number(modified / 1_000_000_000n) - 1
    lutimesSync(path, aSecondBefore, aSecondBefore)
  } catch {
    // The disk that has just failed fails again.
  }
}
