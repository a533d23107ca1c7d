import { hash } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'

import type { BlobType } from '../blob.ts'
import { type Compressor, createCompressor } from '../compression/zstd.ts'
import { createSealer } from '../crypto/seal.ts'
import { attachBlobIndex } from '../index/blob-index.ts'
import { createPackBuilder, packBytesFor, type PackBuilder } from '../pack/pack-builder.ts'
import type { Bell } from './bell.ts'
import { createPackSlots } from './pack-slots.ts'
import type { SharedPipeline } from './shared-pipeline.ts'

/** Tells the main thread that a pack is complete in a slot and wants to be stored. */
export interface PackMessage {
  readonly type: 'pack'
  /** Where it lies: a slot to be given back, or memory of its own for a blob that no slot can hold. */
  readonly slot: number | SharedArrayBuffer
  readonly length: number
  /** Hexadecimal. */
  readonly name: string
  /** The plain text of its header. */
  readonly header: Uint8Array
}

/** What a worker stored that was new. Bytes are counted before and after compression and sealing. */
export interface WriteCounts {
  dataBlobs: number
  treeBlobs: number
  bytesAdded: number
  bytesStored: number
}

/** Stores blobs: hashes, looks up, compresses, seals and packs them, all in this thread. */
export interface BlobWriter {
  readonly counts: WriteCounts
  /** Stores `plain` unless it is known. Writes its id into `id` (32 bytes). Returns whether it was new. */
  save(type: BlobType, plain: Uint8Array, id: Uint8Array): boolean
  /** Whether a blob is listed, or about to be. */
  isKnown(type: BlobType, id: Uint8Array): boolean
  /** Hands over the packs that are not full yet. */
  flush(): void
}

interface OpenPack {
  readonly builder: PackBuilder
  /** Undefined between packs. */
  slot: number | SharedArrayBuffer | undefined
  /** Its number in the index. */
  number: number
}

export function createBlobWriter(shared: SharedPipeline, bell: Bell, post: (message: PackMessage) => void): BlobWriter {
  const index = attachBlobIndex(shared.index)
  const slots = createPackSlots(shared, bell)
  const sealer = createSealer(shared.masterKey)
  const dataCompressor = shared.level === 'off' ? undefined : createCompressor(shared.level)
  // Trees are compressed whatever the level, as restic does.
  const treeCompressor = dataCompressor ?? createCompressor('fastest')
  let compressed = Buffer.allocUnsafe(64 * 1024)
  const counts: WriteCounts = { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0 }
  const open: Record<BlobType, OpenPack> = {
    data: { builder: createPackBuilder(sealer), slot: undefined, number: -1 },
    tree: { builder: createPackBuilder(sealer), slot: undefined, number: -1 },
  }

  function close(pack: OpenPack): void {
    if (pack.slot === undefined) return
    const { id, length, header } = pack.builder.finish()
    index.packs.name(pack.number, id)
    post({ type: 'pack', slot: pack.slot, length, name: id.toString('hex'), header })
    pack.slot = undefined
  }

  /** Opens a pack that a blob of this length has room in: the tree of a folder of a million files outgrows any slot. */
  function begin(pack: OpenPack, plainLength: number): void {
    pack.number = index.packs.reserve()
    if (packBytesFor(plainLength) <= slots.bytes) {
      pack.slot = slots.take()
      pack.builder.start(slots.buffer(pack.slot))
    } else {
      pack.slot = new SharedArrayBuffer(packBytesFor(plainLength))
      pack.builder.start(Buffer.from(pack.slot))
    }
  }

  /** The compressed form, or undefined where it is not shorter. */
  function compress(compressor: Compressor, plain: Uint8Array): Buffer | undefined {
    if (compressed.length < plain.length) compressed = Buffer.allocUnsafe(plain.length)
    const length = compressor.compress(plain, compressed, 0)
    return length < 0 ? undefined : compressed.subarray(0, length)
  }

  /** Compressed, even where that makes it longer. */
  function disguise(plain: Uint8Array): Buffer {
    return compress(treeCompressor, plain) ?? zstdCompressSync(plain)
  }

  return {
    counts,
    save(type, plain, id) {
      id.set(hash('sha256', plain, 'buffer'))
      const entry = index.claim(type, id)
      if (entry < 0) return false
      const compressor = type === 'tree' ? treeCompressor : dataCompressor
      const body = looksLikeDocument(plain) ? disguise(plain) : compressor && compress(compressor, plain)
      const pack = open[type]
      const bodyLength = (body ?? plain).length
      if (pack.slot !== undefined && !pack.builder.hasRoomFor(bodyLength)) close(pack)
      if (pack.slot === undefined) begin(pack, bodyLength)
      const offset = pack.builder.size
      const uncompressedLength = body ? plain.length : 0
      const length = pack.builder.add(type, id, body ?? plain, uncompressedLength)
      index.place(entry, pack.number, offset, length, uncompressedLength)
      counts[type === 'tree' ? 'treeBlobs' : 'dataBlobs']++
      counts.bytesAdded += plain.length
      counts.bytesStored += length
      if (pack.builder.size >= shared.packBytes) close(pack)
      return true
    },
    isKnown: (type, id) => index.find(type, id) >= 0,
    flush() {
      close(open.data)
      close(open.tree)
    },
  }
}

/**
 * Whether an opened blob could be taken for an opened document: everything is sealed by the same key. Stored as it is, what
 * somebody has in a file of his own could be cut out of its pack by whoever can write to the storage, and be put among the
 * snapshots. Compressed it begins with 0x28, as no document does.
 */
function looksLikeDocument(plain: Uint8Array): boolean {
  return plain[0] === 0x02 || plain[0] === 0x5b || plain[0] === 0x7b
}
