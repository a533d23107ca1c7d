import { findNode } from '../tree/find-node.ts'
import { DESCRIPTOR, DISK_DOCUMENT, EXTENTS } from './image-names.ts'

/** Whether a folder with this tree looks like what a backup of a disk makes. */
export function isDisk(plain: Buffer): boolean {
  const isFile = (name: Buffer): boolean => findNode(plain, name, 'Tree')?.isFile ?? false
  return isFile(DISK_DOCUMENT) && isFile(DESCRIPTOR) && findNode(plain, EXTENTS, 'Tree')?.subtree !== undefined
}
