import { CoreError } from '../base/index.ts'
import { assertBlobSize, type BlobIndex, ID_BYTES, SEAL_OVERHEAD } from '../repository/index.ts'
import type { TreeReader } from '../snapshot/index.ts'

/**
 * The blobs of a file, as entries of the index. They are its content, whatever size the node says (FORMAT.md). Throws where
 * its content cannot be what it was: `repository/damaged`, `repository/not-in-repository`.
 */
export function findContent(index: BlobIndex, node: TreeReader): Uint32Array {
  const { content } = node
  const entries = new Uint32Array(node.blobs)
  for (const blob of entries.keys()) {
    const entry = index.find('data', content?.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES) ?? NO_ID)
    if (entry < 0) {
      throw new CoreError('repository/not-in-repository', 'a part of its content is in no index of the repository')
    }
    assertPartSize(index, entry)
    entries[blob] = entry
  }
  return entries
}

/** How many bytes these blobs have together. */
export function contentLength(index: BlobIndex, entries: Uint32Array): number {
  let bytes = 0
  for (const entry of entries) bytes += plainLength(index, entry)
  return bytes
}

/** An index that somebody made up must not have gigabytes asked for. */
function assertPartSize(index: BlobIndex, entry: number): void {
  try {
    assertBlobSize(index.locate(entry))
  } catch (error) {
    throw new CoreError('repository/damaged', `of a part of its content, ${(error as Error).message}`, { cause: error })
  }
}

/** How many bytes a blob has when it is opened. */
export function plainLength(index: BlobIndex, entry: number): number {
  const { length, uncompressedLength } = index.locate(entry)
  return uncompressedLength > 0 ? uncompressedLength : Math.max(0, length - SEAL_OVERHEAD)
}

const NO_ID = new Uint8Array(ID_BYTES)
