import type { Abortable } from '../../base/index.ts'
import type { BlobType } from '../blob.ts'
import type { BlobIndex } from '../index/blob-index.ts'
import { createIndexFilesWriter } from '../index/index-files-writer.ts'
import { readHeaderEntries } from '../pack/header.ts'
import { createPackBuilder, packBytesFor } from '../pack/pack-builder.ts'
import type { Repository } from '../repository.ts'
import { sha256 } from '../sha256.ts'
import { createBlobBodies } from './blob-body.ts'

/** Stores blobs of one type in the main thread, for whoever has few of them. A backup has a pipeline. */
export interface BlobSaver {
  /** Stores `plain` unless it is known. Resolves to its id. */
  save(plain: Uint8Array): Promise<Buffer>
  /** Stores what is not stored yet, and lists all of it. Only then it may be referred to. */
  finish(): Promise<void>
}

const PACK_BYTES = 16 * 1024 * 1024

/** `index` is told of what is stored. */
export function createBlobSaver(
  repository: Repository,
  index: BlobIndex,
  type: BlobType,
  options: Abortable = {},
): BlobSaver {
  const builder = createPackBuilder(repository.sealer)
  const writer = createIndexFilesWriter(repository, options)
  const bodyOf = createBlobBodies('default')
  let buffer: Buffer | undefined
  let pack = -1

  async function close(): Promise<void> {
    if (!buffer) return
    const { size } = builder
    const { id, length, header } = builder.finish()
    const file = buffer.subarray(0, length)
    buffer = undefined
    await repository.storage.save({ kind: 'pack', name: id.toString('hex') }, file, options)
    index.packs.name(pack, id)
    await writer.add({ id, blobs: readHeaderEntries(header, size) })
  }

  function begin(bytes: number): void {
    buffer = Buffer.allocUnsafeSlow(Math.max(PACK_BYTES, packBytesFor(bytes)))
    builder.start(buffer)
    pack = index.packs.reserve()
  }

  return {
    async save(plain) {
      const id = sha256(plain)
      const entry = index.claim(type, id)
      if (entry < 0) return id
      const { body, uncompressedLength } = bodyOf(type, plain)
      if (buffer && !builder.hasRoomFor(body.length)) await close()
      if (!buffer) begin(body.length)
      const offset = builder.size
      const length = builder.add(type, id, body, uncompressedLength)
      index.place(entry, pack, offset, length, uncompressedLength)
      return id
    },
    async finish() {
      await close()
      await writer.finish()
    },
  }
}
