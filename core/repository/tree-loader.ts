import { type Abortable, CoreError, isCode, reasonOf } from '../base/index.ts'
import { assertBlobSize } from './blob.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { firstIntact } from './index/first-intact.ts'
import { keepPacks } from './kept-packs.ts'
import { createBlobReader } from './pipeline/blob-reader.ts'
import type { Repository } from './repository.ts'
import { asBuffer } from './whole-file.ts'

/** Loads trees for somebody who wants many: those of one snapshot lie close together in few packs. */
export interface TreeLoader {
  /**
   * A tree's plain bytes, from any copy of it that is intact. Throws `repository/not-in-repository`, `repository/damaged`
   * where no copy can be whole, or what the storage throws.
   */
  load(id: Uint8Array, options?: Abortable): Promise<Buffer>
}

export function createTreeLoader(repository: Repository, index: BlobIndex): TreeLoader {
  const reader = createBlobReader(repository.masterKey, index.shared)
  const packs = keepPacks(repository.storage)

  async function loadCopy(entry: number, id: Uint8Array, options: Abortable): Promise<Buffer> {
    const location = index.locate(entry)
    const { pack, offset, length } = location
    const name = index.packs.idOf(pack).toString('hex')
    const hex = Buffer.from(id).toString('hex')
    try {
      assertBlobSize(location)
    } catch (error) {
      throw asDamage(error, hex, name)
    }
    const whole = await packs.load(pack, name, options)
    const sealed = whole
      ? whole.subarray(offset, offset + length)
      : asBuffer(await repository.storage.load({ kind: 'pack', name }, { ...options, offset, length }))
    try {
      return reader.read(location, sealed, id)
    } catch (error) {
      throw asDamage(error, hex, name)
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

/** Names the tree where it is damaged. What else can fail, memory above all, says nothing about it. */
function asDamage(error: unknown, id: string, pack: string): unknown {
  if (!isCode(error, 'repository/damaged')) return error
  return new CoreError('repository/damaged', `The tree ${id} in pack ${pack} is damaged: ${reasonOf(error)}.`, {
    cause: error,
    safety: 'What hangs on this folder cannot be read; all else can.',
    remedy: 'Run `holdfast repo check --read-data` to see what is damaged.',
  })
}
