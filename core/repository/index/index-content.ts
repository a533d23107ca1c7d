import { type BlobType, ID_BYTES } from '../blob.ts'
import type { WaitNote } from './wait-note.ts'

/** Words of a row: 0-7 the id; 8 its pack, the top bit set for a tree; 9 offset; 10 length; 11 uncompressed length. */
export const ROW_WORDS = 12
const ROW_BYTES = ROW_WORDS * 4
export const PACK_WORD = 8
export const TREE_BIT = 0x8000_0000
const PACK_WORDS = 9

/**
 * What one index file lists, in flat memory: a row for each blob, laid out as in the entry table, and the packs they
 * belong to. Used again for one file after another.
 */
export class IndexContent {
  packCount = 0
  blobCount = 0
  readonly supersedes: string[] = []
  /** Packs that wait to be removed. Nobody who writes may rely on them. */
  waiting: WaitingPacks | undefined
  /** The rows. Their pack word holds the type only. Replaced by larger ones as they fill. */
  words = new Uint32Array(1024 * ROW_WORDS)
  bytes: Buffer = Buffer.from(this.words.buffer)
  #packIds: Buffer = Buffer.alloc(64 * ID_BYTES)
  #firstBlobs = new Uint32Array(64)

  clear(): void {
    this.packCount = this.blobCount = 0
    this.supersedes.length = 0
    this.waiting = undefined
  }

  /** Begins a pack: the rows from here on are its blobs. Returns where its id belongs. */
  addPack(): Buffer {
    const at = this.packCount++
    if (at === this.#firstBlobs.length) {
      const grown = new Uint32Array(at * 2)
      grown.set(this.#firstBlobs)
      this.#firstBlobs = grown
      this.#packIds = Buffer.concat([this.#packIds], this.#packIds.length * 2)
    }
    this.#firstBlobs[at] = this.blobCount
    return this.packId(at)
  }

  /** Makes room for one more row. Returns its first word. */
  addBlob(): number {
    const at = this.blobCount++ * ROW_WORDS
    if (at === this.words.length) {
      const grown = new Uint32Array(at * 2)
      grown.set(this.words)
      this.words = grown
      this.bytes = Buffer.from(grown.buffer)
    }
    return at
  }

  /** Takes rows, and for each pack nine words: its id, and the number of its first row. Of an empty content. */
  take(rows: Uint32Array, packs: Uint32Array): void {
    if (rows.length > this.words.length) {
      this.words = new Uint32Array(rows.length)
      this.bytes = Buffer.from(this.words.buffer)
    }
    this.words.set(rows)
    this.blobCount = rows.length / ROW_WORDS
    this.packCount = packs.length / PACK_WORDS
    if (this.packCount > this.#firstBlobs.length) {
      this.#firstBlobs = new Uint32Array(this.packCount)
      this.#packIds = Buffer.alloc(this.packCount * ID_BYTES)
    }
    const ids = new Uint32Array(this.#packIds.buffer, this.#packIds.byteOffset, this.#packIds.length / 4)
    for (let pack = 0; pack < this.packCount; pack++) {
      const at = pack * PACK_WORDS
      ids.set(packs.subarray(at, at + PACK_WORDS - 1), pack * (PACK_WORDS - 1))
      this.#firstBlobs[pack] = packs[at + PACK_WORDS - 1] ?? 0
    }
  }

  packId(pack: number): Buffer {
    return this.#packIds.subarray(pack * ID_BYTES, (pack + 1) * ID_BYTES)
  }

  firstBlob(pack: number): number {
    return pack < this.packCount ? (this.#firstBlobs[pack] ?? 0) : this.blobCount
  }

  /** How many of the pack's blobs are trees. */
  treesIn(pack: number): number {
    let trees = 0
    for (let blob = this.firstBlob(pack); blob < this.firstBlob(pack + 1); blob++) {
      if (((this.words[blob * ROW_WORDS + PACK_WORD] ?? 0) & TREE_BIT) !== 0) trees++
    }
    return trees
  }

  /** How much of the pack its blobs take: no shorter file can hold them. Bytes. */
  packEnd(pack: number): number {
    let end = 0
    for (let blob = this.firstBlob(pack); blob < this.firstBlob(pack + 1); blob++) {
      const at = blob * ROW_WORDS + PACK_WORD
      end = Math.max(end, (this.words[at + 1] ?? 0) + (this.words[at + 2] ?? 0))
    }
    return end
  }

  /** One row as an object, for whoever is not in a hurry. */
  blob(number: number): IndexedBlob {
    const at = number * ROW_WORDS + PACK_WORD
    const [type = 0, offset = 0, length = 0, uncompressedLength = 0] = this.words.subarray(at, at + 4)
    const id = Buffer.from(this.bytes.subarray(number * ROW_BYTES, number * ROW_BYTES + ID_BYTES))
    return { id, type: type === 0 ? 'data' : 'tree', offset, length, uncompressedLength }
  }
}

/** Packs that a prune has taken out of the index, and that a later one removes (FORMAT.md, "Indexes"). */
export interface WaitingPacks {
  readonly content: IndexContent
  /** What is noted of each, in their order. */
  readonly notes: readonly WaitNote[]
}

export interface IndexedBlob {
  readonly id: Buffer
  readonly type: BlobType
  readonly offset: number
  readonly length: number
  readonly uncompressedLength: number
}
