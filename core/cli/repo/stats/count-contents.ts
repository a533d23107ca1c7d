import {
  type BlobIndex,
  createBlobIndex,
  ID_BYTES,
  SEAL_OVERHEAD,
  sha256,
  type TreeLoader,
} from '../../../repository/index.ts'
import { walkTree } from '../../../snapshot/index.ts'
import { createBlobMarks, MET } from './blob-marks.ts'
import type { OnUnreadable, StatsCounter } from './stats-counter.ts'

const NOTHING = Buffer.alloc(0)
const SLASH = Buffer.from('/')

/**
 * Files, each content once; or with `blobsPerFile` the blobs of each such file, a blob once a file (which is a path
 * then). Contents and paths are remembered by their hashes, outside of V8's heap: 64 bytes each.
 *
 * A folder that was met before holds no content that was not.
 */
export function countContents(
  trees: TreeLoader,
  index: BlobIndex,
  onUnreadable: OnUnreadable,
  blobsPerFile: boolean,
): StatsCounter {
  const folders = createBlobMarks(index)
  const contents = createBlobIndex()
  const paths = createBlobIndex()
  let files = 0
  let seen = 0
  let blobs = 0
  let size = 0n

  function countBlobs(path: Buffer, content: Buffer): void {
    if (content.length === 0) return
    const file = sha256(path)
    if (paths.claim('tree', file) >= 0) files++
    for (let at = 0; at < content.length; at += ID_BYTES) {
      const id = content.subarray(at, at + ID_BYTES)
      if (paths.claim('data', sha256(Buffer.concat([file, id]))) < 0) continue
      const entry = index.find('data', id)
      if (entry < 0) {
        onUnreadable(`Blob ${id.toString('hex')}`, new Error('it is in no index'))
        continue
      }
      const { length, uncompressedLength } = index.locate(entry)
      size += BigInt(uncompressedLength > 0 ? uncompressedLength : length - SEAL_OVERHEAD)
      blobs++
    }
  }

  return {
    async add(tree, options) {
      if (folders.meet('tree', tree) === MET) return
      await walkTree(
        trees,
        tree,
        { id: tree, path: NOTHING },
        {
          entry(node, folder) {
            seen++
            // restic takes every entry for a file here: all without content together count as one.
            const content = node.content ?? NOTHING
            if (contents.claim('data', sha256(content)) >= 0) {
              if (blobsPerFile) countBlobs(Buffer.concat([folder.path, SLASH, node.name]), content)
              else {
                files++
                size += node.size
              }
            }
            const { subtree } = node
            if (!subtree || folders.meet('tree', subtree) === MET) return undefined
            const path = blobsPerFile ? Buffer.concat([folder.path, SLASH, node.name]) : NOTHING
            return { id: subtree, path }
          },
          unreadable: ({ id }, error) => onUnreadable(`Tree ${id.toString('hex')}`, error),
          pause: () => undefined,
        },
        options,
      )
    },
    get seen() {
      return seen
    },
    get totals() {
      return blobsPerFile ? { size, files, blobs } : { size, files }
    },
  }
}
