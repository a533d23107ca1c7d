import type { Storage } from '../../storage/index.ts'
import type { HeldLock } from './lock.ts'

/** Lets nothing be written or removed unless the lock certainly holds at that moment. Locks themselves pass. */
export function guardStorage(storage: Storage, lock: HeldLock): Storage {
  return {
    location: storage.location,
    connections: storage.connections,
    prepare: (options) => storage.prepare(options),
    async save(handle, body, options) {
      if (handle.kind !== 'lock') await lock.guard()
      await storage.save(handle, body, options)
    },
    load: (handle, options) => storage.load(handle, options),
    stat: (handle, options) => storage.stat(handle, options),
    list: (kind, options) => storage.list(kind, options),
    async remove(handle, options) {
      if (handle.kind !== 'lock') await lock.guard()
      await storage.remove(handle, options)
    },
  }
}
