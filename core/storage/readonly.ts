import { CoreError } from '../base/index.ts'
import { changeStorage } from './changed.ts'
import type { Storage } from './storage.ts'

/** The same storage for reading only: `prepare`, `save` and `remove` fail with `storage/readonly`. */
export function withReadonly(storage: Storage): Storage {
  const { location, connections } = storage
  const refuse = async (): Promise<never> => {
    throw new CoreError('storage/readonly', `${location} was opened for reading only`, {
      safety: 'Nothing was changed.',
      remedy: 'Open it for writing if that is what you want.',
      context: { location },
    })
  }
  return changeStorage(storage, {
    location,
    connections,
    prepare: refuse,
    save: refuse,
    remove: refuse,
  })
}
