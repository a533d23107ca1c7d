import { describeHandle } from '../../storage/index.ts'
import type { OpenStorageOptions } from '../../vault/index.ts'
import type { RunContext } from '../process/run-context.ts'

/** Has a run's log say what the cache found damaged, and what it healed by the other tier. */
export function tellDamage(log: RunContext['log']): Pick<OpenStorageOptions, 'onHealed' | 'onDamaged'> {
  return {
    onHealed: ({ handle, error }) =>
      log({
        level: 'warning',
        code: 'cache-healed',
        message: `A file of the cache was damaged, and was brought back from the cloud: ${error.message}. Look for a failing disk.`,
        object: describeHandle(handle),
      }),
    onDamaged: ({ handle, error }) =>
      log({
        level: 'error',
        code: 'cache-damaged',
        message: [error.message, error.remedy].filter(Boolean).join(' '),
        object: describeHandle(handle),
      }),
  }
}
