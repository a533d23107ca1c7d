import { type Abortable, createLatestUsed, isCode } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { asBuffer } from './whole-file.ts'

/** Whole packs up to this size are read at once and kept; of larger ones only what is asked for is read. */
const LARGEST_KEPT = 32 * 1024 * 1024
const KEPT = 4

/** Packs that much is wanted of, held whole: the few that were used last. */
export interface KeptPacks {
  /** Whether a pack is held, or on its way. */
  has(pack: number): boolean
  /** A pack's bytes, or undefined where it is too large to keep or cannot be read whole. */
  load(pack: number, name: string, options: Abortable): Promise<Buffer | undefined>
}

export function keepPacks(storage: Storage): KeptPacks {
  const kept = createLatestUsed<number, Promise<Buffer | undefined>>(KEPT)
  return {
    has: (pack) => kept.has(pack),
    load(pack, name, options) {
      const loading = kept.take(pack, () => loadPack(storage, name, options))
      loading.catch(() => kept.forget(pack))
      return loading.catch((error: unknown) => {
        // Of a file on a bad spot of a disk, what is wanted here may still be readable.
        if (!isCode(error, 'storage/unreachable')) throw error
        return undefined
      })
    },
  }
}

async function loadPack(storage: Storage, name: string, options: Abortable): Promise<Buffer | undefined> {
  const { size } = await storage.stat({ kind: 'pack', name }, options)
  if (size > LARGEST_KEPT) return undefined
  return asBuffer(await storage.load({ kind: 'pack', name }, options))
}
