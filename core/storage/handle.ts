import { CoreError } from '../base/index.ts'
import type { Handle } from './storage.ts'

const NAME = /^[0-9a-f]{64}$/

/** Whether a file of any kind but `config` may be called so. */
export function isFileName(name: string): boolean {
  return NAME.test(name)
}

/**
 * Fails with `input/invalid` unless the name fits the kind. Storages build paths from names, so every one of them owes
 * this check before anything else.
 */
export function assertHandle({ kind, name }: Handle): void {
  if (kind === 'config' ? name === '' : isFileName(name)) return
  throw new CoreError('input/invalid', `${JSON.stringify(name)} cannot be the name of a repository's ${kind} file`, {
    safety: 'Nothing was read or changed.',
    remedy: 'Use the full name of 64 lower-case hexadecimal digits.',
    context: { kind },
  })
}

/** The file as a message calls it. */
export function describeHandle({ kind, name }: Handle): string {
  return name === '' ? kind : `${kind} ${name}`
}

/** The file as the context of an error. */
export function handleContext({ kind, name }: Handle, location: string): Record<string, string> {
  return { location, kind, name }
}
