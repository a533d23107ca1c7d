import { type Abortable, CoreError } from '../base/index.ts'
import { assertBlobSize } from './blob.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { firstIntact } from './index/first-intact.ts'
import { keepPacks } from './kept-packs.ts'
import { createBlobReader } from './pipeline/blob-reader.ts'
import type { Repository } from './repository.ts'
import { asBuffer } from './whole-file.ts'

/** Loads trees for somebody who wants many: those of one snapshot lie close together in few packs. */
export interface TreeLoader {
  /** A tree's plain bytes, from any copy of it that is intact. Throws `repository/not-in-repository`, `repository/damaged`, or what the storage throws. */
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
      throw damagedTree(hex, name, error)
    }
    const whole = await packs.load(pack, name, options)
    const sealed = whole
      ? whole.subarray(offset, offset + length)
      : asBuffer(await repository.storage.load({ kind: 'pack', name }, { ...options, offset, length }))
    try {
      return reader.read(location, sealed, id)
    } catch (error) {
      throw damagedTree(hex, name, error)
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

function damagedTree(id: string, pack: string, cause: unknown): CoreError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CoreError('repository/damaged', `The tree ${id} in pack ${pack} is damaged: ${why}.`, {
    cause,
    safety: 'What hangs on this folder cannot be read; all else can.',
    remedy: 'Run `holdfast repo check --read-data` to see what is damaged.',
  })
}
