import { formatFlatDescriptor } from '../../protocol/index.ts'
import { sha256 } from '../../repository/index.ts'
import {
  DESCRIPTOR,
  DISK_DOCUMENT,
  type DiskLayout,
  EXTENT_FILE,
  extentCount,
  extentFolder,
  extentLength,
  EXTENTS,
  goModeFromUnix,
  type Node,
  type StoredExtent,
  TreeWriter,
} from '../../snapshot/index.ts'

/** The time of an extent of nothing but zeros, always the same: 1970. */
export const ZERO_EXTENT_TIME = 0n

const FILE = goModeFromUnix(0o100_600)
const FOLDER = goModeFromUnix(0o040_700)

const NOBODY_ELSE = { uid: 0, gid: 0, user: '', group: '', inode: 0n, deviceId: 0n } as const

function nodeOf(name: Buffer, mtime: bigint, rest: Pick<Node, 'type' | 'mode' | 'content' | 'subtree'>): Node {
  return { ...NOBODY_ELSE, name, mtime, atime: mtime, ctime: mtime, size: 0n, links: 0n, ...rest }
}

export function folderNode(name: Buffer, mtime: bigint, subtree: Buffer): Node {
  return nodeOf(name, mtime, { type: 'dir', mode: FOLDER, content: null, subtree })
}

/** `content`: ids of 32 bytes each. */
function fileNode(name: Buffer, mtime: bigint, size: number, content: Buffer): Node {
  const node = nodeOf(name, mtime, { type: 'file', mode: FILE, content, subtree: undefined })
  return { ...node, size: BigInt(size), links: 1n }
}

export function treeOf(nodes: readonly Node[]): Buffer {
  const writer = new TreeWriter()
  for (const node of nodes) writer.add(node)
  return writer.finish()
}

/** The tree of an extent's folder. */
export function extentTree(layout: DiskLayout, extent: number, ids: Buffer, mtime: bigint): Buffer {
  return treeOf([fileNode(EXTENT_FILE, mtime, extentLength(layout, extent), ids)])
}

/** The tree of the folder of all extents. */
export function extentsTree(extents: readonly StoredExtent[]): Buffer {
  return treeOf(extents.map(({ subtree, mtime }, extent) => folderNode(extentFolder(extent), mtime, subtree)))
}

/** The descriptor by which other programs find the extents. */
export function descriptorOf(layout: DiskLayout): Buffer {
  return Buffer.from(
    formatFlatDescriptor(
      Array.from({ length: extentCount(layout) }, (_, extent) => ({
        path: `${EXTENTS.toString()}/${extentFolder(extent).toString()}/${EXTENT_FILE.toString()}`,
        bytes: extentLength(layout, extent),
      })),
    ),
  )
}

/** A document that one blob holds. */
interface StoredDocument {
  readonly bytes: Buffer
  readonly id: Buffer
}

/** The tree of a disk's folder. */
export function diskTree(
  document: StoredDocument,
  descriptor: StoredDocument,
  extents: Buffer,
  { madeAt, changedAt }: { readonly madeAt: bigint; readonly changedAt: bigint },
): Buffer {
  return treeOf([
    fileNode(DISK_DOCUMENT, madeAt, document.bytes.length, document.id),
    fileNode(DESCRIPTOR, madeAt, descriptor.bytes.length, descriptor.id),
    folderNode(EXTENTS, changedAt, extents),
  ])
}

/** Whether the extent has this content since it was stored before: then it is the same tree. */
export function isSameExtent(tree: Buffer, before: StoredExtent): boolean {
  return sha256(tree).equals(before.subtree)
}
