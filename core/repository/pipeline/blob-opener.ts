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
  /** The same, together with what was sealed. */
  openBoth(
    location: Pick<BlobLocation, 'uncompressedLength'>,
    sealed: Buffer,
    id: Uint8Array,
    into?: Buffer,
  ): OpenedBlob
}

/** A blob that is proved. */
export interface OpenedBlob {
  readonly plain: Buffer
  /** As it is stored: compressed, where it is. Only good until the next one is opened. */
  readonly body: Buffer
}

function room(buffer: Buffer | undefined, length: number): Buffer {
  return buffer && buffer.length >= length ? buffer.subarray(0, length) : Buffer.allocUnsafeSlow(length)
}

export function createBlobOpener(key: MasterKey, sealer: Sealer = createSealer(key)): BlobOpener {
  const decompressor = createDecompressor()
  let opened = Buffer.allocUnsafe(64 * 1024)

  const openBoth: BlobOpener['openBoth'] = ({ uncompressedLength }, sealed, id, into) => {
    const length = Math.max(0, sealed.length - SEAL_OVERHEAD)
    // Which kind it is was asked before; what is larger than a tree is neither.
    assertBlobSize({ type: 'tree', length, uncompressedLength })
    let plain: Buffer
    let body: Buffer
    if (uncompressedLength > 0) {
      if (opened.length < length) opened = Buffer.allocUnsafe(length)
      body = opened.subarray(0, sealer.open(sealed, opened))
      plain = room(into, uncompressedLength)
      decompressor.decompress(body, plain, uncompressedLength)
    } else {
      plain = body = room(into, length)
      sealer.open(sealed, plain)
    }
    if (hash('sha256', plain, 'buffer').equals(id)) return { plain, body }
    throw new CoreError('repository/damaged', 'the content of a blob does not have the hash that names it')
  }

  return { open: (location, sealed, id, into) => openBoth(location, sealed, id, into).plain, openBoth }
}
