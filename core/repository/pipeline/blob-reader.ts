import type { BlobLocation, BlobType } from '../blob.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { attachBlobIndex, type SharedBlobIndex } from '../index/blob-index.ts'
import { createBlobOpener, type OpenedBlob } from './blob-opener.ts'

/** Finds blobs, and opens those whose sealed bytes are at hand. Belongs to one thread. */
export interface BlobReader {
  /** Undefined for a blob that is in no index, or whose pack is still being written. */
  locate(type: BlobType, id: Uint8Array): BlobLocation | undefined
  /**
   * Opens, decompresses and proves the hash. The result is new memory, or with `into` a view of it.
   * Throws `repository/damaged`.
   */
  read(location: Pick<BlobLocation, 'uncompressedLength'>, sealed: Buffer, id: Uint8Array, into?: Buffer): Buffer
  /** The same, together with what was sealed. */
  readBoth(
    location: Pick<BlobLocation, 'uncompressedLength'>,
    sealed: Buffer,
    id: Uint8Array,
    into?: Buffer,
  ): OpenedBlob
}

export function createBlobReader(key: MasterKey, shared: SharedBlobIndex): BlobReader {
  const index = attachBlobIndex(shared)
  const opener = createBlobOpener(key)
  return {
    locate(type, id) {
      const entry = index.find(type, id)
      return entry < 0 || !index.isPlaced(entry) ? undefined : index.locate(entry)
    },
    read: (location, sealed, id, into) => opener.open(location, sealed, id, into),
    readBoth: (location, sealed, id, into) => opener.openBoth(location, sealed, id, into),
  }
}
