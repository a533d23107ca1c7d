import { hash } from 'node:crypto'

import { CoreError } from '../../base/index.ts'
import { assertBlobSize, type BlobLocation } from '../blob.ts'
import { createDecompressor } from '../compression/zstd.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { createSealer, SEAL_OVERHEAD, type Sealer } from '../crypto/seal.ts'

/** Opens sealed blobs. Belongs to one thread. */
export interface BlobOpener {
  /**
   * Opens, decompresses and proves the hash. The result is new memory, or with `into` a view of it.
   * Throws `repository/damaged`.
   */
  open(location: Pick<BlobLocation, 'uncompressedLength'>, sealed: Buffer, id: Uint8Array, into?: Buffer): Buffer
}

function room(buffer: Buffer | undefined, length: number): Buffer {
  return buffer && buffer.length >= length ? buffer.subarray(0, length) : Buffer.allocUnsafeSlow(length)
}

export function createBlobOpener(key: MasterKey, sealer: Sealer = createSealer(key)): BlobOpener {
  const decompressor = createDecompressor()
  let opened = Buffer.allocUnsafe(64 * 1024)

  return {
    open({ uncompressedLength }, sealed, id, into) {
      const length = Math.max(0, sealed.length - SEAL_OVERHEAD)
      // Which kind it is was asked before; what is larger than a tree is neither.
      assertBlobSize({ type: 'tree', length, uncompressedLength })
      let plain: Buffer
      if (uncompressedLength > 0) {
        if (opened.length < length) opened = Buffer.allocUnsafe(length)
        const frame = opened.subarray(0, sealer.open(sealed, opened))
        plain = room(into, uncompressedLength)
        decompressor.decompress(frame, plain, uncompressedLength)
      } else {
        plain = room(into, length)
        sealer.open(sealed, plain)
      }
      if (hash('sha256', plain, 'buffer').equals(id)) return plain
      throw new CoreError('repository/damaged', 'the content of a blob does not have the hash that names it')
    },
  }
}
