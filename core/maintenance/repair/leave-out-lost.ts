import type { CoreError } from '../../base/index.ts'
import type { ByteString } from '../../file-system/index.ts'
import { ID_BYTES, plainLength, type Repository } from '../../repository/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import { subtreeOf } from '../reading/node-fault.ts'
import type { NodeChange, Rewriting } from '../rewrite/rewriting.ts'
import type { StoredBlobs } from '../rewrite/stored-blobs.ts'
import { type DiskReport, diskMender } from './mend-disk.ts'

export interface LossReport extends DiskReport {
  /** A file of which so many bytes are left, and so many were there; `lost` blobs are missing. */
  readonly onFile: (path: ByteString, left: bigint, size: bigint, lost: number) => void
  /** A folder of which nobody knows any more what it held. */
  readonly onFolder: (path: ByteString, error: CoreError | undefined) => void
  /** A folder that stays as it is, whatever of it is lost, since it lies too deep to be looked into. */
  readonly onFolderLeft: (path: ByteString, error: CoreError) => void
  /** A file or folder of which something lies only in packs that wait to be removed; the next prune takes that back. */
  readonly onWaiting: (path: ByteString) => void
}

/**
 * Leaves out what no index lists: blobs of files, and what lies in folders whose tree is lost. Disks get zeros in the place
 * of what is lost.
 */
export function leaveOutLost(repository: Repository, blobs: StoredBlobs, report: LossReport): Rewriting {
  const { index, isListed } = blobs
  const { onFile, onFolder, onFolderLeft, onWaiting } = report

  function decide(node: TreeReader, path: ByteString): NodeChange | undefined {
    const subtree = subtreeOf(node)
    if (node.isDir && !subtree) {
      onFolder(path, undefined)
      return { type: 'drop' }
    }
    if (subtree && index.find('tree', subtree) >= 0 && !isListed('tree', subtree)) onWaiting(path)
    if (!node.isFile) return undefined
    const { content } = node
    if (!content) {
      onFile(path, 0n, node.size, 0)
      return { type: 'content', content: Buffer.alloc(0), size: 0n }
    }
    const left: Buffer[] = []
    let size = 0n
    let isWaiting = false
    for (let at = 0; at < content.length; at += ID_BYTES) {
      const id = content.subarray(at, at + ID_BYTES)
      const entry = index.find('data', id)
      if (entry < 0) continue
      left.push(id)
      isWaiting ||= !isListed('data', id)
      size += BigInt(plainLength(index.locate(entry)))
    }
    if (isWaiting) onWaiting(path)
    const lost = content.length / ID_BYTES - left.length
    if (lost === 0 && size === node.size) return undefined
    onFile(path, size, node.size, lost)
    return { type: 'content', content: Buffer.concat(left), size }
  }

  return {
    byPath: false,
    settle: diskMender(repository, blobs, report),
    inFolder: (path) => (node, name) => decide(node, `${path}/${name}`),
    onUnreadable: (path, error) => onFolder(path, error),
    onTooDeep: (path, error) => onFolderLeft(path, error),
  }
}
