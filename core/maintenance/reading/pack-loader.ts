import { type Abortable, CoreError, reasonOf } from '../../base/index.ts'
import { assertReachable, type Storage } from '../../storage/index.ts'
import { createReadMemory } from './read-memory.ts'

/** A run of a pack's bytes. */
export interface PackBytes {
  readonly bytes: SharedArrayBuffer
  /** Bytes in use, from its start. */
  readonly length: number
  /** Where in the pack they begin. */
  readonly offset: number
}

/** Reads runs of packs into memory that workers share. */
export interface PackLoader {
  /**
   * Reads a run of a pack and gives it to `use`, whose end frees the memory. Returns why the run cannot be read, or
   * undefined. Rejects when the storage as a whole is gone, and with what `use` throws.
   */
  load(
    name: string,
    offset: number,
    length: number,
    use: (bytes: PackBytes) => Promise<void>,
  ): Promise<string | undefined>
}

/** Some packs of restic's usual 16 MiB for each worker; one that is larger than all of it is read alone. */
const MOST_MEMORY = 160 * 1024 * 1024

/** No run is longer: whoever may write into the storage can make a pack of any length, of which nothing takes room. */
const LONGEST_RUN = 1024 * 1024 * 1024

export function createPackLoader(storage: Storage, { signal }: Abortable): PackLoader {
  const memory = createReadMemory(MOST_MEMORY)

  async function reasonOfFailure(error: unknown): Promise<string> {
    signal?.throwIfAborted()
    if (!(error instanceof CoreError) || !error.code.startsWith('storage/')) throw error
    await assertReachable(storage, error, { signal })
    return reasonOf(error)
  }

  return {
    async load(name, offset, length, use) {
      if (length > LONGEST_RUN) return `it has ${length} bytes, and no more than ${LONGEST_RUN} are read at once`
      const bytes = await memory.take(length)
      try {
        signal?.throwIfAborted()
        try {
          await storage.load({ kind: 'pack', name }, { offset, length, into: new Uint8Array(bytes, 0, length), signal })
        } catch (error) {
          return await reasonOfFailure(error)
        }
        await use({ bytes, length, offset })
        return undefined
      } finally {
        memory.giveBack(bytes)
      }
    },
  }
}
