import { createBlobIndex } from '../../repository/index.ts'

/**
 * The packs that a repository should have, and those that it has. Numbers from 0 are those of the packs that an index
 * lists, as in the blob index; packs that are in none get the numbers behind them.
 */
export interface PackLedger {
  /** How many an index lists. */
  readonly listed: number
  /** How many there are, listed or not. */
  readonly count: number
  /** Says that an index lists a pack. `isNew` is false where one does already. */
  list(id: Uint8Array): { readonly pack: number; readonly isNew: boolean }
  /** What follows in the blob index belongs to this pack. */
  begin(pack: number, firstEntry: number, indexFile: number): void
  /** Ends the last pack: `entries` is how many there are. To be called once all indexes are read. */
  close(entries: number): void
  /** Says that the storage has a pack. Returns its number. */
  found(id: Uint8Array, size: number): number
  /** Bytes of the stored file; NaN where it is not there. */
  size(pack: number): number
  /** Entries of the blob index that lie in this pack, in no order; a pack that is listed twice has them twice. */
  entriesOf(pack: number): number[]
  /** The first index file that lists the pack, as it was given to `begin`. */
  indexFileOf(pack: number): number
  nameOf(pack: number): string
  idOf(pack: number): Buffer
}

const NONE = -1

export function createPackLedger(): PackLedger {
  // Only its ids are used: a compact way from an id to a number.
  const ids = createBlobIndex()
  const sizes: number[] = []
  // What an index file says of a pack is a listing: a run of entries in the blob index.
  const firstEntries: number[] = []
  const indexFiles: number[] = []
  const nextListings: number[] = []
  const firstListings: number[] = []
  let listed = 0

  function numberOf(id: Uint8Array): { pack: number; isNew: boolean } {
    const claimed = ids.claim('data', id)
    return claimed < 0 ? { pack: ids.find('data', id), isNew: false } : { pack: claimed, isNew: true }
  }

  return {
    get listed() {
      return listed
    },
    get count() {
      return ids.count
    },
    list: numberOf,
    begin(pack, firstEntry, indexFile) {
      const listing = firstEntries.push(firstEntry) - 1
      indexFiles.push(indexFile)
      nextListings.push(NONE)
      let last = firstListings[pack]
      if (last === undefined) {
        firstListings[pack] = listing
        return
      }
      for (let next = nextListings[last]; next !== undefined && next !== NONE; next = nextListings[last]) last = next
      nextListings[last] = listing
    },
    close(entries) {
      firstEntries.push(entries)
      listed = ids.count
    },
    found(id, size) {
      const { pack } = numberOf(id)
      sizes[pack] = size
      return pack
    },
    size: (pack) => sizes[pack] ?? Number.NaN,
    entriesOf(pack) {
      const entries: number[] = []
      let listing = firstListings[pack] ?? NONE
      while (listing !== NONE) {
        const end = firstEntries[listing + 1] ?? 0
        for (let entry = firstEntries[listing] ?? 0; entry < end; entry++) entries.push(entry)
        listing = nextListings[listing] ?? NONE
      }
      return entries
    },
    indexFileOf: (pack) => indexFiles[firstListings[pack] ?? NONE] ?? NONE,
    nameOf: (pack) => ids.idOf(pack).toString('hex'),
    idOf: (pack) => ids.idOf(pack),
  }
}
