import {
  type BlobIndex,
  type BlobLocation,
  HEADER_LENGTH_BYTES,
  headerEntryBytes,
  SEAL_OVERHEAD,
} from '../../repository/index.ts'

/** How a pack must look if what the indexes say of it is true. */
export interface PackLayout {
  /** Entries of the blob index in the order of their offsets, each blob once. */
  readonly entries: Uint32Array<ArrayBuffer>
  /** Where the last blob ends. Bytes. */
  readonly blobBytes: number
  /** Bytes of the whole file. */
  readonly fileBytes: number
  /** Why it cannot be so, if it cannot. */
  readonly contradiction: string | undefined
}

/** Lays out a pack from its entries in the index. Where it is listed twice alike, that counts once. */
export function layOut(index: BlobIndex, listed: readonly number[]): PackLayout {
  const rows = listed.map((entry) => ({ entry, at: index.locate(entry) }))
  rows.sort((a, b) => a.at.offset - b.at.offset || a.entry - b.entry)
  const entries: number[] = []
  let end = 0
  let headerBytes = 0
  let contradiction: string | undefined
  let previous: { readonly entry: number; readonly at: BlobLocation } | undefined
  for (const row of rows) {
    const { offset, length, uncompressedLength } = row.at
    if (previous && isSame(index, previous, row)) continue
    if (length < SEAL_OVERHEAD)
      contradiction ??= `has a blob of ${length} bytes at ${offset}, which is too short for one`
    else if (offset < end) contradiction ??= `has two blobs at byte ${offset}`
    else if (offset > end) contradiction ??= `has nothing from byte ${end} to ${offset}`
    entries.push(row.entry)
    headerBytes += headerEntryBytes(uncompressedLength)
    end = Math.max(end, offset + length)
    previous = row
  }
  const fileBytes = end + headerBytes + SEAL_OVERHEAD + HEADER_LENGTH_BYTES
  return { entries: Uint32Array.from(entries), blobBytes: end, fileBytes, contradiction }
}

interface Row {
  readonly entry: number
  readonly at: BlobLocation
}

function isSame(index: BlobIndex, a: Row, b: Row): boolean {
  return (
    a.at.offset === b.at.offset &&
    a.at.length === b.at.length &&
    a.at.uncompressedLength === b.at.uncompressedLength &&
    a.at.type === b.at.type &&
    index.idOf(a.entry).equals(index.idOf(b.entry))
  )
}
