import { lstatSync, lutimesSync } from 'node:fs'

import { entryPath } from './entry-path.ts'

/**
 * Takes the times of a good file from one whose bytes may not all have arrived, so that a later restore does not take it
 * for right. Never fails: that the file is lost is told anyway.
 */
export function spoilTimes(folder: number, name: Uint8Array): void {
  const path = entryPath(folder, name)
  try {
    const aSecondLater = lstatSync(path).mtimeMs / 1000 + 1
    lutimesSync(path, aSecondLater, aSecondLater)
  } catch {
    // The disk that has just failed fails again.
  }
}
