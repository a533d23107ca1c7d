import { sha256 } from '../repository/index.ts'
import { type TreeReader, unixModeFromGo } from '../snapshot/index.ts'
import type { Metadata } from '../source/index.ts'

/** What a restored entry gets beside its content. */
export function metadataOf(node: TreeReader): Metadata {
  return {
    mode: unixModeFromGo(node.mode) & 0o7777,
    user: node.uid,
    group: node.gid,
    accessed: node.atime,
    modified: node.mtime,
    attributes: (node.extendedAttributes ?? []).map(({ name, value }) => ({ name, value: value ?? Buffer.alloc(0) })),
  }
}

/**
 * Which file it is, where it has several names: these become hard links of each other. Names with another
 * owner, mode, time or content are another file: some programs store no device, inodes of several file systems are alike,
 * and a file that is removed while a backup runs leaves its inode to the next.
 */
export function identityOf(node: TreeReader): string | undefined {
  if (node.links <= 1n || node.inode === 0n) return undefined
  const content = sha256(node.content ?? Buffer.alloc(0)).toString('latin1')
  const { deviceId, inode, uid, gid, mode, mtime } = node
  return `${deviceId}:${inode}:${uid}:${gid}:${mode}:${mtime}:${content}`
}
