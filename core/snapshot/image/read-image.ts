import { type Abortable, CoreError } from '../../base/index.ts'
import { type BlobIndex, ID_BYTES, plainLength, type Repository, type TreeLoader } from '../../repository/index.ts'
import { findNode } from '../tree/find-node.ts'
import { TreeReader } from '../tree/tree-reader.ts'
import { decodeDiskDocument, LONGEST_DISK_DOCUMENT } from './disk-document.ts'
import { blockLength, blocksOf, type DiskLayout, extentCount, extentLength } from './disk-layout.ts'
import { DISK_DOCUMENT, EXTENT_FILE, extentFolder, EXTENTS } from './image-names.ts'

/** A disk in a snapshot. */
export interface StoredImage {
  readonly layout: DiskLayout
  /** When its description was made, and when its content last changed. Nanoseconds since the epoch. */
  readonly madeAt: bigint
  readonly changedAt: bigint
  /** Of each extent the tree of its folder, and when its content last changed (nanoseconds since the epoch). */
  readonly extents: readonly StoredExtent[]
}

export interface StoredExtent {
  readonly subtree: Buffer
  readonly mtime: bigint
}

export interface ImageReaderParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly trees: TreeLoader
}

/**
 * Reads what a snapshot says of a disk; `root` is the tree that its folder lies in. Undefined where there is none.
 * @throws CoreError `repository/damaged`, `repository/unsupported` and `repository/not-in-repository`.
 */
export async function readImage(
  parts: ImageReaderParts,
  root: Buffer,
  name: string,
  options: Abortable = {},
): Promise<StoredImage | undefined> {
  const folder = findNode(await parts.trees.load(root, options), Buffer.from(name), treeName(root))?.subtree
  return folder && readDisk(parts, folder, name, options)
}

/** The same, where the tree of the disk's folder is known; `name` is for messages. */
export async function readDisk(
  { repository, index, trees }: ImageReaderParts,
  folder: Buffer,
  name: string,
  options: Abortable = {},
): Promise<StoredImage | undefined> {
  const entries = await trees.load(folder, options)
  const document = findNode(entries, DISK_DOCUMENT, treeName(folder))
  if (!document?.isFile) return undefined
  const what = `${name}/${DISK_DOCUMENT.toString()}`
  const id = document.content
  if (id?.length !== ID_BYTES) throw damaged(what, 'is not as a backup of a disk makes it')
  const entry = index.find('data', id)
  if (entry >= 0 && plainLength(index.locate(entry)) > LONGEST_DISK_DOCUMENT) throw damaged(what, 'is too long')
  const layout = decodeDiskDocument(await repository.loadBlob(index, 'data', id, options), what)
  const list = findNode(entries, EXTENTS, treeName(folder))
  const shown = `${name}/${EXTENTS.toString()}`
  if (!list?.subtree) throw damaged(shown, 'is no folder')
  const extents = extentsIn(await trees.load(list.subtree, options), layout, shown)
  return { layout, madeAt: document.mtime, changedAt: list.mtime, extents }
}

function extentsIn(tree: Buffer, layout: DiskLayout, what: string): StoredExtent[] {
  const reader = new TreeReader(tree, what)
  const extents: StoredExtent[] = []
  for (let extent = 0; extent < extentCount(layout); extent++) {
    const subtree = reader.next() && reader.compareName(extentFolder(extent)) === 0 ? reader.subtree : undefined
    if (!subtree) throw damaged(`${what}/${extentFolder(extent).toString()}`, 'is not there, or is no folder')
    extents.push({ subtree, mtime: reader.mtime })
  }
  if (reader.next()) throw damaged(what, `has more than the ${extents.length} extents of the disk`)
  return extents
}

/** What an extent's tree says. */
export interface ExtentContent {
  /** 32 bytes a block. */
  readonly ids: Buffer
  readonly mtime: bigint
}

/** Reads the tree of an extent's folder. Throws `repository/damaged` where it holds no such extent. */
export async function readExtent(
  trees: TreeLoader,
  { subtree }: Pick<StoredExtent, 'subtree'>,
  layout: DiskLayout,
  extent: number,
  options: Abortable = {},
): Promise<ExtentContent> {
  const what = treeName(subtree)
  const node = findNode(await trees.load(subtree, options), EXTENT_FILE, what)
  const { first, end } = blocksOf(layout, extent)
  if (!node?.isFile || node.size !== BigInt(extentLength(layout, extent)) || node.blobs !== end - first)
    throw damaged(what, `does not hold extent ${extent + 1} as the disk's description says`)
  return { ids: node.content ?? Buffer.alloc(0), mtime: node.mtime }
}

/** What sealing and a frame that is no shorter may add to a block. Bytes. */
const MOST_ADDED = 64 * 1024

/** The entry of a block in the index. -1 where no pack has it, or what has this id there has a length that it cannot have. */
export function findBlock(index: BlobIndex, layout: DiskLayout, block: number, id: Uint8Array): number {
  const entry = index.find('data', id)
  if (entry < 0) return -1
  const location = index.locate(entry)
  const length = blockLength(layout, block)
  return plainLength(location) === length && location.length <= length + MOST_ADDED ? entry : -1
}

function treeName(id: Buffer): string {
  return `Tree ${id.toString('hex')}`
}

function damaged(what: string, why: string): CoreError {
  return new CoreError('repository/damaged', `${what} ${why}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Choose another snapshot, and run `holdfast repo check` to see what is damaged.',
  })
}
