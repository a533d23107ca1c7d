import { type Handle, type Storage, changeStorage } from '../../storage/index.ts'
import type { HeldLock } from './held-lock.ts'

/** Lets nothing be written or removed unless the lock certainly holds at that moment. Locks themselves pass. */
export function guardStorage(storage: Storage, lock: HeldLock): Storage {
  /** A process may be suspended in the middle of a write, too. Of what it then finished late nobody may learn. */
  async function takeBackIfLate(handle: Handle, decisive: boolean): Promise<void> {
    if (await lock.isHeld(decisive)) return
    await storage.remove(handle).catch(() => undefined)
    await lock.guard(true)
  }

  return changeStorage(storage, {
    async save(handle, body, options = {}) {
      if (handle.kind === 'lock') {
        await storage.save(handle, body, options)
        return
      }
      // A pack alone means nothing to anybody. What lists or names it does.
      const decisive = handle.kind !== 'pack'
      const signal = options.signal ? AbortSignal.any([options.signal, lock.signal]) : lock.signal
      await lock.protect(async () => {
        await storage.save(handle, body, { signal })
        await takeBackIfLate(handle, decisive)
      }, decisive)
    },
    async remove(handle, options) {
      if (handle.kind === 'lock') await storage.remove(handle, options)
      else await lock.protect(() => storage.remove(handle, options), true)
    },
  })
}
