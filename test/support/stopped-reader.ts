import { parentPort, workerData } from 'node:worker_threads'

import { serveReader } from '../../core/reader/index.ts'
import { changeStorage } from '../../core/storage/index.ts'
import { openVaultStorage, type VaultStore } from '../../core/vault/index.ts'
import { AT, DO, type StoppedReaderData } from './stop-reader.ts'

// A reader's own thread, but that a test says what happens where it reads a pack.
if (!parentPort) throw new Error('stopped-reader is started as a worker thread')
const { store, password, words } = workerData as StoppedReaderData & {
  readonly store: VaultStore
  readonly password: string
}
const shared = new Int32Array(words)

const { storage: whole } = await openVaultStorage(store)
const storage = changeStorage(whole, {
  async load(handle, options) {
    if (handle.kind === 'pack') {
      Atomics.add(shared, AT.reached, 1)
      Atomics.notify(shared, AT.reached)
      // The whole thread: as it is while a million entries are decoded.
      if (Atomics.load(shared, AT.wanted) === DO.sleep) Atomics.wait(shared, AT.wanted, DO.sleep)
      if (Atomics.load(shared, AT.wanted) === DO.crash) {
        setImmediate(() => {
          throw new Error('it broke down')
        })
        await new Promise(() => undefined)
      }
      if (Atomics.load(shared, AT.wanted) === DO.wait) await waited(options?.signal)
    }
    return whole.load(handle, options)
  },
})

/** Until something else is wanted, or nobody waits any more. */
async function waited(signal: AbortSignal | undefined): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  signal?.addEventListener('abort', () => {
    Atomics.add(shared, AT.aborted, 1)
    Atomics.notify(shared, AT.aborted)
    aborted.reject(new Error('nobody waits any more'))
  })
  const { value } = Atomics.waitAsync(shared, AT.wanted, DO.wait)
  await Promise.race([value, aborted.promise])
}

serveReader(parentPort, storage, Buffer.from(password))
