import { type Abortable, CoreError, isCode } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { firstIntact } from './index/first-intact.ts'
import { createBlobReader } from './pipeline/blob-reader.ts'
import type { Repository } from './repository.ts'
import { asBuffer } from './unpacked.ts'

/** Loads trees for somebody who wants many: those of one snapshot lie close together in few packs. */
export interface TreeLoader {
  /** A tree's plain bytes, from any copy of it that is intact. Throws `repository/not-in-repository`, `repository/damaged`, or what the storage throws. */
  load(id: Uint8Array, options?: Abortable): Promise<Buffer>
}

/** Whole packs up to this size are read at once and kept; of larger ones only what is asked for is read. */
const LARGEST_KEPT = 32 * 1024 * 1024
const KEPT = 4

export function createTreeLoader(repository: Repository, index: BlobIndex): TreeLoader {
  const reader = createBlobReader(repository.masterKey, index.shared)
  const kept = new Map<number, Promise<Buffer | undefined>>()

  /** A pack's bytes, or undefined where it is too large to keep. */
  function packBytes(pack: number, name: string, options: Abortable): Promise<Buffer | undefined> {
    const loading = kept.get(pack) ?? loadPack(repository.storage, name, options)
    // Now the most recently used.
    kept.delete(pack)
    kept.set(pack, loading)
    loading.catch(() => kept.delete(pack))
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return loading
  }

  async function loadCopy(entry: number, id: Uint8Array, options: Abortable): Promise<Buffer> {
    const location = index.locate(entry)
    const { pack, offset, length } = location
    const name = index.packs.idOf(pack).toString('hex')
    const whole = await packBytes(pack, name, options).catch((error: unknown) => {
      // Of a file on a bad spot of a disk, what is wanted here may still be readable.
      if (!isCode(error, 'storage/unreachable')) throw error
      return undefined
    })
    const sealed = whole
      ? whole.subarray(offset, offset + length)
      : asBuffer(await repository.storage.load({ kind: 'pack', name }, { ...options, offset, length }))
    try {
      return reader.read(location, sealed, id)
    } catch (error) {
      const hex = Buffer.from(id).toString('hex')
      throw new CoreError(
        'repository/damaged',
        `The tree ${hex} in pack ${name} is damaged: ${(error as Error).message}.`,
        {
          cause: error,
          safety: 'What hangs on this folder cannot be read; all else can.',
          remedy: 'Run `holdfast repo check --read-data` to see what is damaged.',
        },
      )
    }
  }

  return {
    async load(id, options = {}) {
      const entry = index.find('tree', id)
      if (entry >= 0) return firstIntact(index, entry, (copy) => loadCopy(copy, id, options), options)
      throw new CoreError(
        'repository/not-in-repository',
        `The tree ${Buffer.from(id).toString('hex')} is in no index.`,
        {
          safety: 'What hangs on this folder cannot be read; all else can.',
          remedy: 'Run `holdfast repo check` to see what is missing.',
        },
      )
    },
  }
}

async function loadPack(storage: Storage, name: string, options: Abortable): Promise<Buffer | undefined> {
  const { size } = await storage.stat({ kind: 'pack', name }, options)
  if (size > LARGEST_KEPT) return undefined
  return asBuffer(await storage.load({ kind: 'pack', name }, options))
}
