import type { PackTable } from '../../repository/index.ts'
import { createNumberColumn } from './number-column.ts'
import { createPackNumbers } from './pack-numbers.ts'

/**
 * The packs that a repository should have, and those that it has. Numbers are those of the blob index: first come the packs
 * that an index lists, behind them those that are in none.
 */
export interface PackLedger {
  /** How many an index lists. */
  readonly listed: number
  /** How many there are, listed or not. */
  readonly count: number
  /** Says that an index lists a pack: it gets a number. `isNew` is false where one does already. */
  list(id: Uint8Array): { readonly pack: number; readonly isNew: boolean }
  /** The number of a pack, or -1. */
  find(id: Uint8Array): number
  /** Says which entries of the blob index, from one up to before another, an index file lists of a pack. */
  add(pack: number, firstEntry: number, endEntry: number, indexFile: number): void
  /** To be called once all indexes are read. */
  close(): void
  /** Says that the storage has a pack. Returns its number. */
  found(id: Uint8Array, size: number): number
  /** Bytes of the stored file; NaN where it is not there. */
  size(pack: number): number
  /** The first of the entries that were added first of a pack. */
  firstEntryOf(pack: number): number
  /** How many were added first of a pack. */
  firstCountOf(pack: number): number
  /** Entries of the blob index that lie in this pack, in no order. */
  entriesOf(pack: number): number[]
  /** The first index file that lists the pack, as it was given to `add`. */
  indexFileOf(pack: number): number
  nameOf(pack: number): string
  idOf(pack: number): Buffer
}

const NONE = -1

/** `packs`: those of the blob index, to which only the ledger adds. */
export function createPackLedger(packs: PackTable): PackLedger {
  const numbers = createPackNumbers(packs)
  const sizes = createNumberColumn(Float64Array, Number.NaN)
  // What an index file says of a pack is a listing: a run of entries in the blob index.
  const firstEntries = createNumberColumn(Int32Array, NONE)
  const endEntries = createNumberColumn(Int32Array, NONE)
  const indexFiles = createNumberColumn(Int32Array, NONE)
  /** Few packs are listed again: first and end of each further listing. */
  const further = new Map<number, number[]>()
  let listed = 0

  return {
    get listed() {
      return listed
    },
    get count() {
      return packs.count
    },
    list: (id) => numbers.take(id),
    find: (id) => numbers.find(id),
    add(pack, firstEntry, endEntry, indexFile) {
      if (firstEntries.at(pack) === NONE) {
        firstEntries.set(pack, firstEntry)
        endEntries.set(pack, endEntry)
        indexFiles.set(pack, indexFile)
        return
      }
      const runs = further.get(pack)
      if (runs) runs.push(firstEntry, endEntry)
      else further.set(pack, [firstEntry, endEntry])
    },
    close() {
      listed = packs.count
    },
    found(id, size) {
      const { pack } = numbers.take(id)
      sizes.set(pack, size)
      return pack
    },
    size: (pack) => sizes.at(pack),
    firstEntryOf: (pack) => firstEntries.at(pack),
    firstCountOf: (pack) => endEntries.at(pack) - firstEntries.at(pack),
    entriesOf(pack) {
      const entries: number[] = []
      const runs = [firstEntries.at(pack), endEntries.at(pack), ...(further.get(pack) ?? [])]
      for (let run = 0; run < runs.length; run += 2) {
        for (let entry = runs[run] ?? 0; entry < (runs[run + 1] ?? 0); entry++) entries.push(entry)
      }
      return entries
    },
    indexFileOf: (pack) => indexFiles.at(pack),
    nameOf: (pack) => packs.idOf(pack).toString('hex'),
    idOf: (pack) => packs.idOf(pack),
  }
}
