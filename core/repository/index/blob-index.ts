import { type BlobLocation, type BlobType, ID_BYTES } from '../blob.ts'
import { createEntryTable, type EntryTable, type SharedEntryTable } from './entry-table.ts'
import type { IndexContent } from './index-content.ts'
import { createPackTable, type PackTable, type SharedPackTable } from './pack-table.ts'

/** What another thread needs to open the same index: all of it is shared memory. */
export interface SharedBlobIndex {
  readonly entries: SharedEntryTable
  readonly packs: SharedPackTable
}

/**
 * Which blobs exist and where they lie, in memory that all threads share.
 *
 * A blob is first *claimed*: of several threads that bring the same blob only one is told to store it. Where it came
 * to lie is added once that is known. A blob may be listed more than once (restic allows it); `find` gives the first.
 */
export interface BlobIndex {
  readonly shared: SharedBlobIndex
  readonly packs: PackTable
  /** Listed blobs, doubles and claims included. */
  readonly count: number

  /** The entry of this blob, or -1. A blob that is only claimed counts as there. */
  find(type: BlobType, id: Uint8Array): number
  /** The entry of the same blob that was listed next after this one, or -1: another copy of it, or the same again. */
  next(entry: number): number
  /** Lists a blob that nobody has yet: returns its entry, to be placed. Otherwise -1. */
  claim(type: BlobType, id: Uint8Array): number
  /** Says where a claimed blob lies. */
  place(entry: number, pack: number, offset: number, length: number, uncompressedLength: number): void
  /** Lists a blob together with its place, whether or not it is listed already. */
  add(id: Uint8Array, location: BlobLocation): void
  /**
   * Lists all blobs of a pack of an index file, whether or not they are listed already. `as`: the number of the pack here,
   * if it has one.
   */
  addPack(content: IndexContent, pack: number, as?: number): void
  /** Where an entry's blob lies. Only means something once it was placed. */
  locate(entry: number): BlobLocation
  /** Whether it is known where an entry's blob lies, and the pack is complete. */
  isPlaced(entry: number): boolean
  /** Copies an entry's id into `target`. */
  idOf(entry: number, target?: Buffer): Buffer
}

/** Makes an empty index with room for about `expected` blobs; it grows beyond. */
export function createBlobIndex(expected = 0): BlobIndex {
  return indexOver(createEntryTable(expected), createPackTable())
}

/** Opens, in another thread, an index that was made with `createBlobIndex`. */
export function attachBlobIndex(shared: SharedBlobIndex): BlobIndex {
  return indexOver(createEntryTable(0, shared.entries), createPackTable(shared.packs))
}

function indexOver(entries: EntryTable, packs: PackTable): BlobIndex {
  return {
    shared: { entries: entries.shared, packs: packs.shared },
    packs,
    get count() {
      return entries.count
    },
    find: (type, id) => entries.find(type === 'tree', id),
    next: (entry) => entries.next(entry),
    claim: (type, id) => entries.insert(type === 'tree', id, true),
    place: (entry, pack, offset, length, uncompressedLength) =>
      entries.place(entry, pack, offset, length, uncompressedLength),
    add(id, { type, pack, offset, length, uncompressedLength }) {
      entries.place(entries.insert(type === 'tree', id, false), pack, offset, length, uncompressedLength)
    },
    addPack: (content, pack, as = packs.add(content.packId(pack))) =>
      entries.append(content.words, content.firstBlob(pack), content.firstBlob(pack + 1), as),
    locate: (entry) => entries.locate(entry),
    isPlaced: (entry) => packs.isNamed(entries.locate(entry).pack),
    idOf: (entry, target = Buffer.allocUnsafe(ID_BYTES)) => entries.copyId(entry, target),
  }
}
