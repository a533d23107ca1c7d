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
