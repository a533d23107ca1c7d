import type { Abortable } from '../../base/index.ts'
import { type BlobIndex, type BlobType, type PresentPacks, type Repository } from '../../repository/index.ts'

/** What a repository holds, for whoever makes something of it that refers to it. */
export interface StoredBlobs {
  /** All that can be read, also in packs that wait to be removed. Nobody adds to it. */
  readonly index: BlobIndex
  /** Whether a blob may be referred to as it is: it lies in a pack that does not wait to be removed. */
  readonly isListed: (type: BlobType, id: Uint8Array) => boolean
}

export interface LoadStoredBlobsOptions extends Abortable {
  readonly presentPacks?: PresentPacks | Promise<PresentPacks> | undefined
}

/** Reads the index. Throws `repository/damaged`, naming the file. */
export async function loadStoredBlobs(
  repository: Repository,
  { presentPacks, signal }: LoadStoredBlobsOptions = {},
): Promise<StoredBlobs> {
  let listed = 0
  const index = await repository.loadIndex({
    purpose: 'read',
    presentPacks,
    signal,
    onListedEntries: (entries) => (listed = entries),
  })
  return {
    index,
    isListed(type, id) {
      // What waits is found behind all else.
      const entry = index.find(type, id)
      return entry >= 0 && entry < listed
    },
  }
}
