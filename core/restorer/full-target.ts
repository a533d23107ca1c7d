import { isCode, systemCode } from '../base/index.ts'
import { targetError } from '../target/index.ts'

/**
 * Throws `target/full` where that is what went wrong: the first file that finds no room ends the restore. All the others
 * would find none either, and tell of it one by one.
 */
export function throwIfFull(path: Uint8Array, error: unknown): void {
  if (isCode(error, 'target/full')) throw error
  const code = systemCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') throw targetError(path, 'finds no room', error)
}
