import type { BlobLocation, BlobType } from '../blob.ts'
import { createSealer } from '../crypto/seal.ts'
import { attachBlobIndex } from '../index/blob-index.ts'
import { createPackBuilder, packBytesFor, type PackBuilder } from '../pack/pack-builder.ts'
import type { Bell } from './bell.ts'
import { createPackSlots } from './pack-slots.ts'
import type { SharedPipeline } from './shared-pipeline.ts'

/** Tells the main thread that a pack is complete in a slot and wants to be stored. */
export interface PackMessage {
  readonly type: 'pack'
  /** Where it lies: a slot to be given back. */
  readonly slot: number
  readonly length: number
  /** Hexadecimal. */
  readonly name: string
  /** The plain text of its header. */
  readonly header: Uint8Array
}

/** Where a blob has come to lie. */
export type Placed = Pick<BlobLocation, 'pack' | 'offset' | 'length'>

/** Puts blobs into packs: one that is being filled for data, one for trees. Belongs to one thread, never the main one. */
export interface PackFiller {
  /** Seals what a blob is stored as. */
  add(type: BlobType, id: Uint8Array, body: Uint8Array, uncompressedLength: number): Placed
  /** Takes a blob that is sealed already, with this repository's key. */
  addSealed(type: BlobType, id: Uint8Array, sealed: Uint8Array, uncompressedLength: number): Placed
  /** Hands over the packs that are not full yet. */
  flush(): void
}

interface OpenPack {
  readonly builder: PackBuilder
  /** Undefined between packs. */
  slot: number | undefined
  /** Its number in the index. */
  number: number
}

export function createPackFiller(shared: SharedPipeline, bell: Bell, post: (message: PackMessage) => void): PackFiller {
  const { packs } = attachBlobIndex(shared.index)
  const slots = createPackSlots(shared, bell)
  const sealer = createSealer(shared.masterKey)
  const open: Record<BlobType, OpenPack> = {
    data: { builder: createPackBuilder(sealer), slot: undefined, number: -1 },
    tree: { builder: createPackBuilder(sealer), slot: undefined, number: -1 },
  }

  function close(pack: OpenPack): void {
    if (pack.slot === undefined) return
    const { id, length, header } = pack.builder.finish()
    packs.name(pack.number, id)
    post({ type: 'pack', slot: pack.slot, length, name: id.toString('hex'), header })
    pack.slot = undefined
  }

  /** Opens a pack that a blob of this length has room in: the tree of a folder of a million files outgrows any slot. */
  function begin(pack: OpenPack, plainLength: number): void {
    pack.number = packs.reserve()
    const bytes = packBytesFor(plainLength)
    pack.slot = bytes <= slots.bytes ? slots.take() : slots.takeLarge(bytes)
    pack.builder.start(slots.buffer(pack.slot))
  }

  function put(type: BlobType, bodyLength: number, into: (builder: PackBuilder) => number): Placed {
    const pack = open[type]
    if (pack.slot !== undefined && !pack.builder.hasRoomFor(bodyLength)) close(pack)
    if (pack.slot === undefined) begin(pack, bodyLength)
    const placed = { pack: pack.number, offset: pack.builder.size, length: into(pack.builder) }
    if (pack.builder.size >= shared.packBytes) close(pack)
    return placed
  }

  return {
    add: (type, id, body, uncompressedLength) =>
      put(type, body.length, (builder) => builder.add(type, id, body, uncompressedLength)),
    addSealed: (type, id, sealed, uncompressedLength) =>
      put(type, sealed.length, (builder) => builder.addSealed(type, id, sealed, uncompressedLength)),
    flush() {
      close(open.data)
      close(open.tree)
    },
  }
}
