import { sha256 } from '../../repository/index.ts'
import type { TreeReader } from './tree-reader.ts'

/**
 * Which file a node is a name of, where that has several: those of the same key are hard links of each other. Undefined
 * for the only name of a file.
 *
 * Names with another owner, mode, time or content are another file, whatever the inode says: some programs store no
 * device, inodes of several file systems are alike, and a file that is removed while a backup runs leaves its inode to
 * the next. (restic goes by inode and device alone.)
 */
export function linkedFileKey(node: TreeReader): string | undefined {
  if (node.links <= 1n || node.inode === 0n) return undefined
  const { type, deviceId, inode, uid, gid, mode, mtime } = node
  const content = node.content ?? node.linkTarget ?? Buffer.alloc(0)
  return `${type}:${deviceId}:${inode}:${uid}:${gid}:${mode}:${mtime}:${sha256(content).toString('latin1')}`
}
