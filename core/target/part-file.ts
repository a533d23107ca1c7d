import { hash } from 'node:crypto'
import { linkSync, renameSync, unlinkSync } from 'node:fs'

import { entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

/**
 * What a file is called while it is being written, where it must not have its own name before it is whole. The same each
 * time, so that whoever does it again finds what was left.
 */
export function partName(name: Uint8Array): Buffer {
  return Buffer.from(`.holdfast-part-${hash('sha256', name, 'hex').slice(0, 16)}`)
}

/** Gives a whole file its own name. What has it is replaced, or else is in the way: `target/refused`. */
export function publishPart(folder: number, name: Uint8Array, mayReplace: boolean): void {
  const part = entryPath(folder, partName(name))
  const path = entryPath(folder, name)
  try {
    if (mayReplace) renameSync(part, path)
    else {
      // Nothing renames only where there is nothing, but this does.
      linkSync(part, path)
      unlinkSync(part)
    }
  } catch (error) {
    throw targetError(name, 'cannot get its name', error)
  }
}
