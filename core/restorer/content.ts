import { CoreError } from '../base/index.ts'
import { type BlobIndex, ID_BYTES, SEAL_OVERHEAD } from '../repository/index.ts'
import type { TreeReader } from '../snapshot/index.ts'

/** Restic cuts blobs of up to 8 MiB. An index that somebody made up must not have gigabytes asked for. Bytes. */
const LONGEST_BLOB = 512 * 1024 * 1024

/**
 * The blobs of a file, as entries of the index. Throws where its content cannot be what it was: `repository/damaged`,
 * `repository/not-in-repository`, `repository/unsupported`.
 */
export function findContent(index: BlobIndex, node: TreeReader): Uint32Array {
  const { content, size } = node
  const entries = new Uint32Array(node.blobs)
  let bytes = 0
  for (const blob of entries.keys()) {
    const entry = index.find('data', content?.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES) ?? NO_ID)
    if (entry < 0) {
      throw new CoreError('repository/not-in-repository', 'a part of its content is in no index of the repository')
    }
    const { length } = index.locate(entry)
    const plain = plainLength(index, entry)
    if (Math.max(length, plain) > LONGEST_BLOB) {
      throw new CoreError('repository/unsupported', 'a part of its content is longer than this version restores')
    }
    entries[blob] = entry
    bytes += plain
  }
  if (BigInt(bytes) === size) return entries
  throw new CoreError('repository/damaged', `it should have ${size} bytes, and its content has ${bytes}`)
}

/** How many bytes a blob has when it is opened. */
export function plainLength(index: BlobIndex, entry: number): number {
  const { length, uncompressedLength } = index.locate(entry)
  return uncompressedLength > 0 ? uncompressedLength : Math.max(0, length - SEAL_OVERHEAD)
}

const NO_ID = new Uint8Array(ID_BYTES)
