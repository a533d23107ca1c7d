import { type Handle, type Storage, changeStorage } from '../../core/storage/index.ts'

/** The same storage, in which something happens before each file is saved. */
export function beforeSave(storage: Storage, hook: (handle: Handle) => void | Promise<void>): Storage {
  return changeStorage(storage, {
    async save(handle, body, options) {
      await hook(handle)
      await storage.save(handle, body, options)
    },
  })
}
