import { CoreError } from '../../../base/index.ts'
import { type BlobIndex, type BlobType, ID_BYTES, SEAL_OVERHEAD, type TreeLoader } from '../../../repository/index.ts'
import { type TreeReader, walkTree } from '../../../snapshot/index.ts'
import { createBlobMarks, MET, UNKNOWN } from './blob-marks.ts'
import type { OnUnreadable, StatsCounter } from './stats-counter.ts'

/** What is stored of the snapshots: every blob that one of them needs, once. */
export function countRawData(trees: TreeLoader, index: BlobIndex, onUnreadable: OnUnreadable): StatsCounter {
  const marks = createBlobMarks(index)
  let size = 0
  let blobs = 0
  let seen = 0
  let uncompressedSize = 0
  let compressedBlobs = 0
  let compressedBlobsBefore = 0

  /** Whether the blob was not counted before. */
  function count(type: BlobType, id: Uint8Array): boolean {
    const entry = marks.meet(type, id)
    if (entry === MET) return false
    if (entry === UNKNOWN) {
      const name = Buffer.from(id).toString('hex')
      onUnreadable(`Blob ${name}`, new CoreError('repository/not-in-repository', `The ${type} blob is in no index.`))
      return false
    }
    const { length, uncompressedLength } = index.locate(entry)
    const before = uncompressedLength > 0 ? uncompressedLength + SEAL_OVERHEAD : length
    blobs++
    size += length
    uncompressedSize += before
    if (uncompressedLength > 0) {
      compressedBlobs += length
      compressedBlobsBefore += before
    }
    return true
  }

  function countContent(node: TreeReader): void {
    const { content } = node
    if (!content) return
    for (let at = 0; at < content.length; at += ID_BYTES) count('data', content.subarray(at, at + ID_BYTES))
  }

  return {
    async add(tree, options) {
      if (!count('tree', tree)) return
      await walkTree(
        trees,
        tree,
        tree,
        {
          entry(node) {
            seen++
            const { subtree } = node
            if (subtree) return count('tree', subtree) ? subtree : undefined
            countContent(node)
            return undefined
          },
          unreadable: (id, error) => onUnreadable(`Tree ${id.toString('hex')}`, error),
          pause: () => undefined,
        },
        options,
      )
    },
    get seen() {
      return seen
    },
    get totals() {
      return {
        size: BigInt(size),
        blobs,
        compression: { uncompressedSize, compressedBlobs, compressedBlobsBefore },
      }
    },
  }
}
