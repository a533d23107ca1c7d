import { CoreError } from '../base/index.ts'
import { SEAL_OVERHEAD } from './crypto/seal.ts'

/** What a blob holds: a piece of a file, or a folder's list of nodes. */
export type BlobType = 'data' | 'tree'

/** Bytes of a blob's, pack's or file's name: SHA-256 of its content. */
export const ID_BYTES = 32

/** Where a blob lies. */
export interface BlobLocation {
  readonly type: BlobType
  /** Its pack, as a position in the index's list of packs. */
  readonly pack: number
  /** First byte of the sealed blob in the pack. */
  readonly offset: number
  /** Bytes of the sealed blob. */
  readonly length: number
  /** Bytes once decompressed; 0 where it is stored uncompressed. */
  readonly uncompressedLength: number
}

/** Bytes of a blob once it is opened and decompressed. */
export function plainLength({ length, uncompressedLength }: BlobLocation): number {
  return uncompressedLength > 0 ? uncompressedLength : length - SEAL_OVERHEAD
}

/**
 * What a blob may have, sealed or opened: data as much as the largest pack of restic's, though no chunk of it has more
 * than 8 MiB; trees as much as positions of 31 bits reach (FORMAT.md, "Sizes"). An index may claim more, to use up memory.
 */
const LARGEST_BLOB: Readonly<Record<BlobType, number>> = { data: 128 * 1024 * 1024, tree: 2 ** 31 - 1 }

/** Throws `repository/damaged` for a blob that claims to be larger than any. To be asked before memory is taken for it. */
export function assertBlobSize({ type, length, uncompressedLength }: Omit<BlobLocation, 'pack' | 'offset'>): void {
  const needed = Math.max(length, uncompressedLength)
  if (needed <= LARGEST_BLOB[type]) return
  throw new CoreError(
    'repository/damaged',
    `it claims to have ${needed} bytes, and none has more than ${LARGEST_BLOB[type]}`,
  )
}
