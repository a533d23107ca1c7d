import { CoreError } from '../../core/base/index.ts'
import { changeStorage, type Storage } from '../../core/storage/index.ts'

/** A storage that takes so many changes, and then none any more, as if the process had been killed. */
export interface DyingStorage {
  readonly storage: Storage
  /** Changes that were asked for. */
  readonly changes: number
}

export function dieAfter(storage: Storage, changes: number): DyingStorage {
  let asked = 0
  async function change(work: () => Promise<void>): Promise<void> {
    if (asked++ >= changes) throw new CoreError('storage/refused', 'the process is dead')
    await work()
  }
  return {
    storage: changeStorage(storage, {
      save: (handle, body, options) => change(() => storage.save(handle, body, options)),
      remove: (handle, options) => change(() => storage.remove(handle, options)),
    }),
    get changes() {
      return asked
    },
  }
}
