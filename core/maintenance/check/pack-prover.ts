import { createHash } from 'node:crypto'

import { CoreError, isCode, reasonOf } from '../../base/index.ts'
import {
  assertBlobSize,
  type BlobIndex,
  type BlobLocation,
  type BlobReader,
  type HeaderEntry,
  readPackHeader,
  type Sealer,
} from '../../repository/index.ts'
import type { PackDone, PackJob } from './messages.ts'

/** Proves a pack that was read whole: its name, its header, and every blob. Belongs to one thread. */
export interface PackProver {
  prove(job: PackJob): PackDone
}

type Placed = Pick<BlobLocation, 'type' | 'offset' | 'length' | 'uncompressedLength'> & { readonly id: Buffer }

/** `isStopped` says that nobody waits for the answer any more. */
export function createPackProver(
  index: BlobIndex,
  reader: BlobReader,
  sealer: Sealer,
  isStopped: () => boolean,
): PackProver {
  /** Blobs are decoded here, one after another. */
  let plain = Buffer.allocUnsafeSlow(1024 * 1024)

  function placeOf(entry: number): Placed {
    return { ...index.locate(entry), id: index.idOf(entry) }
  }

  /** Undefined where the blob is whole. */
  function faultOf({ type, offset, length, uncompressedLength, id }: Placed, pack: Buffer): string | undefined {
    if (offset + length > pack.length) return 'it lies behind the end of the file'
    try {
      assertBlobSize({ type, length, uncompressedLength })
      const needed = Math.max(uncompressedLength, length)
      if (plain.length < needed) plain = Buffer.allocUnsafeSlow(needed)
      reader.read({ uncompressedLength }, pack.subarray(offset, offset + length), id, plain)
      return undefined
    } catch (error) {
      if (isCode(error, 'repository/damaged')) return reasonOf(error)
      throw error
    }
  }

  return {
    prove({ bytes, length, id, entries, isListed }) {
      const pack = Buffer.from(bytes, 0, length)
      const problems: string[] = []
      const hash = createHash('sha256')
      let hashed = 0
      const header = headerOf(pack, sealer, problems)
      const listed = Array.from(entries, placeOf)
      if (isListed && header) compareLists(listed, header, problems)
      const damaged: number[] = []
      let damagedCount = 0
      let firstReason = ''
      const blobs = isListed ? listed : (header ?? [])
      for (const [at, blob] of blobs.entries()) {
        if (isStopped()) break
        // The blob's bytes are still in the processor's cache when they are opened.
        const end = Math.min(length, blob.offset + blob.length)
        if (end > hashed) hash.update(pack.subarray(hashed, end))
        hashed = Math.max(hashed, end)
        const fault = faultOf(blob, pack)
        if (fault === undefined) continue
        firstReason ||= `blob ${blob.id.toString('hex', 0, 5)}: ${fault}`
        damagedCount++
        const entry = entries[at]
        if (entry !== undefined) damaged.push(entry)
      }
      hash.update(pack.subarray(hashed))
      if (!hash.digest().equals(id)) problems.push('its content does not have the hash that names it')
      return {
        blobs: blobs.length,
        problems,
        damaged: Uint32Array.from(damaged),
        damagedCount,
        firstReason,
      }
    },
  }
}

function headerOf(pack: Buffer, sealer: Sealer, problems: string[]): HeaderEntry[] | undefined {
  try {
    return readPackHeader(pack, sealer)
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    problems.push(`its header cannot be read: ${reasonOf(error)}`)
    return undefined
  }
}

/** Both are in the order of offsets, as a header always is. */
function compareLists(listed: readonly Placed[], header: readonly HeaderEntry[], problems: string[]): void {
  if (listed.length !== header.length) {
    problems.push(`its header lists ${header.length} blobs, the index ${listed.length}`)
    return
  }
  const other = header.find((entry, at) => !isSame(entry, listed[at]))
  if (other) problems.push(`of blob ${other.id.toString('hex', 0, 5)} its header says otherwise than the index`)
}

function isSame(a: Placed, b: Placed | undefined): boolean {
  return (
    b !== undefined &&
    a.offset === b.offset &&
    a.length === b.length &&
    a.uncompressedLength === b.uncompressedLength &&
    a.type === b.type &&
    a.id.equals(b.id)
  )
}
