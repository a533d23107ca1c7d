import type { Abortable } from '../../base/index.ts'
import {
  type BlobSaver,
  type BlobType,
  createBlobIndex,
  createBlobSaver,
  type Repository,
  sha256,
} from '../../repository/index.ts'
import type { StoredBlobs } from './stored-blobs.ts'

/** Stores a blob where nobody may refer to it so far. Resolves to its id. */
export type SaveBlob = (type: BlobType, plain: Uint8Array) => Promise<Buffer>

export interface MissingSaver {
  readonly save: SaveBlob
  /** Stores what is not stored yet, and lists all of it. Only then it may be referred to. */
  finish(): Promise<void>
}

/** What only waits to be removed is stored anew. */
export function saveMissing(repository: Repository, blobs: StoredBlobs, options: Abortable = {}): MissingSaver {
  const saved = createBlobIndex()
  const savers: Readonly<Record<BlobType, BlobSaver>> = {
    data: createBlobSaver(repository, saved, 'data', options),
    tree: createBlobSaver(repository, saved, 'tree', options),
  }
  return {
    async save(type, plain) {
      const id = sha256(plain)
      return blobs.isListed(type, id) ? id : savers[type].save(plain)
    },
    async finish() {
      await savers.data.finish()
      await savers.tree.finish()
    },
  }
}

/** For whoever wants to know what would be stored: nothing is. */
export function discardMissing(): MissingSaver {
  return { save: (_, plain) => Promise.resolve(sha256(plain)), finish: () => Promise.resolve() }
}
