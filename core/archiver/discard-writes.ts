import { type Storage, changeStorage } from '../storage/index.ts'

/** For a dry run: everything is done but the storing. */
export function discardWrites(storage: Storage): Storage {
  return changeStorage(storage, {
    prepare: () => Promise.resolve(),
    save: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  })
}
