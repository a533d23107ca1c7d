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

/** For a body that is not the one whose SHA-256 was given with it. */
export function otherBody(handle: Handle, location: string, cause: unknown): CoreError {
  const file = describeHandle(handle)
  return new CoreError('storage/damaged', `${file} was to be stored in ${location}, and is not what it was`, {
    cause,
    safety: 'What was stored before is unharmed.',
    remedy: 'Look for a failing disk or failing memory of this computer.',
    context: handleContext(handle, location),
  })
}
