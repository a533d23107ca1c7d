import { CoreError, systemCode } from '../base/index.ts'
import { printable } from '../file-system/index.ts'

/** Why something could not be restored: `target/full` when there is no room, else `target/refused`. */
export function targetError(name: Uint8Array, what: string, cause?: unknown): CoreError {
  const code = systemCode(cause)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  const shown = printable(name)
  return new CoreError(isFull ? 'target/full' : 'target/refused', `${shown} ${what}${code ? ` (${code})` : ''}`, {
    cause,
    safety: 'What was restored before it stays as it is; the recovery point is untouched.',
    remedy: isFull
      ? 'Make room on the file system that is restored to, or choose another one, then restore again: what is there already is not written again.'
      : 'Look at what lies there and at the rights of the user that restores, or restore to another folder.',
    context: { name: shown, ...(code === undefined ? {} : { code }) },
  })
}
