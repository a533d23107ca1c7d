import { CoreError } from '../base/index.ts'
import { describeHandle, handleContext } from './handle.ts'
import type { Handle } from './storage.ts'

// The answers that every storage gives in the same words.

export function notFound(handle: Handle, location: string, cause?: unknown): CoreError {
  return new CoreError('storage/not-found', `There is no ${describeHandle(handle)} in ${location}`, {
    cause,
    context: handleContext(handle, location),
  })
}

export function configExists(location: string, cause?: unknown): CoreError {
  return new CoreError('storage/exists', `There is a repository in ${location} already`, {
    cause,
    safety: 'It was not changed.',
    remedy: 'Use it with its own password, or choose another place for a new repository.',
    context: { location },
  })
}
