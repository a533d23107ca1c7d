import { type Abortable, CoreError } from '../base/index.ts'
import { assertBlobSize } from './blob.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { keepPacks } from './kept-packs.ts'
import { createBlobReader } from './pipeline/blob-reader.ts'
import type { Repository } from './repository.ts'

/** Loads content for somebody who wants many files: those of one folder lie close together in few packs. */
export interface ContentLoader {
  /** A blob's plain bytes, from any copy of it that is intact. Rejects as `Repository.loadBlob` does. */
  load(id: Buffer, options?: Abortable): Promise<Buffer>
}

/**
 * A pack is read whole, and kept for a while, once so many blobs of it were read one by one: about what they cost then.
 * So no order of the files, however bad, costs more than twice what reading each blob by itself does.
 */
const WORTH_A_PACK = 16

export function createContentLoader(repository: Repository, index: BlobIndex): ContentLoader {
  const reader = createBlobReader(repository.masterKey, index.shared)
  const packs = keepPacks(repository.storage)
  const single = new Map<number, number>()

  function isWorthAll(pack: number): boolean {
    if (packs.has(pack)) return true
    const count = (single.get(pack) ?? 0) + 1
    const isEnough = count >= WORTH_A_PACK
    single.set(pack, isEnough ? 0 : count)
    return isEnough
  }

  async function loadFromPack(id: Buffer, options: Abortable): Promise<Buffer | undefined> {
    const location = reader.locate('data', id)
    if (!location || !isWorthAll(location.pack)) return undefined
    const { pack, offset, length } = location
    try {
      assertBlobSize(location)
      const whole = await packs.load(pack, index.packs.idOf(pack).toString('hex'), options)
      return whole && reader.read(location, whole.subarray(offset, offset + length), id)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      // It is read once more by itself, from another copy where there is one, and then says what is wrong.
      return undefined
    }
  }

  return {
    async load(id, options = {}) {
      return (await loadFromPack(id, options)) ?? repository.loadBlob(index, 'data', id, options)
    },
  }
}
