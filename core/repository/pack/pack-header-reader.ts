import { CoreError } from '../../base/index.ts'
import { SEAL_OVERHEAD, type Sealer } from '../crypto/seal.ts'
import { HEADER_LENGTH_BYTES, type HeaderEntry, readHeaderEntries } from './header.ts'

/** Lists the blobs of a pack from its own header, given the whole file. Throws `repository/damaged`. */
export function readPackHeader(pack: Buffer, sealer: Sealer): HeaderEntry[] {
  const lengthAt = pack.length - HEADER_LENGTH_BYTES
  if (lengthAt < SEAL_OVERHEAD) {
    throw new CoreError('repository/damaged', `the file of ${pack.length} bytes is too short for a pack`)
  }
  const headerLength = pack.readUInt32LE(lengthAt)
  const headerAt = lengthAt - headerLength
  if (headerLength <= SEAL_OVERHEAD || headerAt < 0) {
    throw new CoreError(
      'repository/damaged',
      `the pack says that its header has ${headerLength} bytes, which cannot be`,
    )
  }
  const plain = Buffer.alloc(headerLength - SEAL_OVERHEAD)
  sealer.open(pack.subarray(headerAt, lengthAt), plain)
  return [...readHeaderEntries(plain, headerAt)]
}
