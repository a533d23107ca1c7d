import { hash } from 'node:crypto'

import { CoreError } from '../../base/index.ts'
import type { BlobLocation, BlobType } from '../blob.ts'
import { createDecompressor } from '../compression/zstd.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { createSealer, SEAL_OVERHEAD } from '../crypto/seal.ts'
import { attachBlobIndex, type SharedBlobIndex } from '../index/blob-index.ts'

/** Opens blobs whose sealed bytes are at hand. Belongs to one thread. */
export interface BlobReader {
  /** Undefined for a blob that is in no index. */
  locate(type: BlobType, id: Uint8Array): BlobLocation | undefined
  /**
   * Opens, decompresses and proves the hash. The result is new memory, or with `into` a view of it.
   * Throws `repository/damaged`.
   */
  read(location: Pick<BlobLocation, 'uncompressedLength'>, sealed: Buffer, id: Uint8Array, into?: Buffer): Buffer
}

export function createBlobReader(key: MasterKey, shared: SharedBlobIndex): BlobReader {
  const index = attachBlobIndex(shared)
  const sealer = createSealer(key)
  const decompressor = createDecompressor()
  let opened = Buffer.allocUnsafe(64 * 1024)

  return {
    locate(type, id) {
      const entry = index.find(type, id)
      return entry < 0 ? undefined : index.locate(entry)
    },
    read({ uncompressedLength }, sealed, id, into) {
      const length = sealed.length - SEAL_OVERHEAD
      let plain: Buffer
      if (uncompressedLength > 0) {
        if (opened.length < length) opened = Buffer.allocUnsafe(length)
        const frame = opened.subarray(0, sealer.open(sealed, opened))
        plain = room(into, uncompressedLength)
        decompressor.decompress(frame, plain, uncompressedLength)
      } else {
        plain = room(into, Math.max(0, length))
        sealer.open(sealed, plain)
      }
      if (hash('sha256', plain, 'buffer').equals(id)) return plain
      throw new CoreError('repository/damaged', 'the content of a blob does not have the hash that names it')
    },
  }
}

function room(buffer: Buffer | undefined, length: number): Buffer {
  return buffer && buffer.length >= length ? buffer.subarray(0, length) : Buffer.allocUnsafeSlow(length)
}
