import type { Handle, Storage } from '../../core/storage/index.ts'

/** The same storage, in which something happens before each file is saved. */
export function beforeSave(storage: Storage, hook: (handle: Handle) => void | Promise<void>): Storage {
  return {
    location: storage.location,
    connections: storage.connections,
    prepare: (options) => storage.prepare(options),
    async save(handle, body, options) {
      await hook(handle)
      await storage.save(handle, body, options)
    },
    load: (handle, options) => storage.load(handle, options),
    stat: (handle, options) => storage.stat(handle, options),
    list: (kind, options) => storage.list(kind, options),
    remove: (handle, options) => storage.remove(handle, options),
  }
}
