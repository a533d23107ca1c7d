import { type BlobIndex, type BlobLocation, createBlobIndex, ID_BYTES, sha256 } from '../../repository/index.ts'
import type { PackLedger } from './pack-ledger.ts'

/** Which places of blobs some listing of a pack has told already. */
export interface SaidPlaces {
  /** Whether it was told of the pack; from now on it has been. `at`: the blob's number in the listing that tells it. */
  has(id: Buffer, location: BlobLocation, at: number): boolean
}

/** Id, pack, offset, length, length decompressed, type. */
const PLACE_BYTES = ID_BYTES + 4 * 4 + 1

/**
 * Where a pack is listed twice, that is mostly twice alike: each blob of the later listing is looked for where the first
 * one has it. Otherwise its places are remembered, and that is where memory goes: going through all copies of a blob
 * instead would take forever where somebody lists one thousands of times.
 */
export function createSaidPlaces(index: BlobIndex, ledger: PackLedger): SaidPlaces {
  const remembered = new Set<number>()
  const place = Buffer.alloc(PLACE_BYTES)
  let places: BlobIndex | undefined

  /** Whether it was new. */
  function note(id: Buffer, { type, pack, offset, length, uncompressedLength }: BlobLocation): boolean {
    place.set(id)
    let end = ID_BYTES
    for (const number of [pack, offset, length, uncompressedLength]) end = place.writeUInt32LE(number, end)
    place[end] = type === 'tree' ? 1 : 0
    // Only its ids are used.
    places ??= createBlobIndex()
    return places.claim('data', sha256(place)) >= 0
  }

  function isEntry(entry: number, id: Buffer, wanted: BlobLocation): boolean {
    if (entry >= index.count) return false
    const { type, pack, offset, length, uncompressedLength } = index.locate(entry)
    return (
      pack === wanted.pack &&
      type === wanted.type &&
      offset === wanted.offset &&
      length === wanted.length &&
      uncompressedLength === wanted.uncompressedLength &&
      index.idOf(entry).equals(id)
    )
  }

  return {
    has(id, location, at) {
      const { pack } = location
      if (isEntry(ledger.firstEntryOf(pack) + at, id, location)) return true
      if (!remembered.has(pack)) {
        remembered.add(pack)
        for (const entry of ledger.entriesOf(pack)) note(index.idOf(entry), index.locate(entry))
      }
      return !note(id, location)
    },
  }
}
