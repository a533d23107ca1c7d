import type { Storage } from './storage.ts'

/** The same storage but for what is given: wrappers name what they change, and all else is forwarded. */
export function changeStorage(storage: Storage, changes: Partial<Storage>): Storage {
  return {
    location: storage.location,
    connections: storage.connections,
    prepare: (options) => storage.prepare(options),
    save: (handle, body, options) => storage.save(handle, body, options),
    load: (handle, options) => storage.load(handle, options),
    stat: (handle, options) => storage.stat(handle, options),
    list: (kind, options) => storage.list(kind, options),
    remove: (handle, options) => storage.remove(handle, options),
    ...changes,
  }
}
