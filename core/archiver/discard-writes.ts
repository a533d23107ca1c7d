import type { Storage } from '../storage/index.ts'

/** For a dry run: everything is done but the storing. */
export function discardWrites(storage: Storage): Storage {
  return {
    location: storage.location,
    connections: storage.connections,
    prepare: () => Promise.resolve(),
    save: () => Promise.resolve(),
    load: (handle, options) => storage.load(handle, options),
    stat: (handle, options) => storage.stat(handle, options),
    list: (kind, options) => storage.list(kind, options),
    remove: () => Promise.resolve(),
  }
}
