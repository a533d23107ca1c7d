import type { Abortable } from '../../base/index.ts'
import type { BlobIndex, TreeLoader } from '../../repository/index.ts'
import { type DiskLayout, encodeDiskDocument, extentCount, type StoredImage } from '../../snapshot/index.ts'
import type { ImageSource } from '../../source/index.ts'
import type { BlockSet } from './block-set.ts'
import { createExtentArchiver, type ImageFigures } from './extent-archiver.ts'
import { descriptorOf, diskTree, extentsTree, folderNode, treeOf } from './image-nodes.ts'
import type { ImageStore } from './image-store.ts'
import { createParentBlocks, type Reread, wholeExtent } from './parent-blocks.ts'

export interface ImageRunParts extends Abortable {
  readonly index: BlobIndex
  readonly trees: TreeLoader
  readonly source: ImageSource
  readonly layout: DiskLayout
  readonly name: string
  /** Whose extents and blocks are as large; its disk may have had another size. */
  readonly parent: StoredImage | undefined
  /** What may differ from the parent. Undefined: everything is read. */
  readonly changed: BlockSet | undefined
  /** Of the snapshot. Nanoseconds since the epoch. */
  readonly now: bigint
  readonly workers: number
  readonly onFigures: (figures: ImageFigures) => void
}

export interface ImageStored {
  /** Id of the root tree. */
  readonly tree: Buffer
  readonly figures: ImageFigures
  readonly reread: Reread
}

/** Stores a disk, and the tree that a snapshot of it has. */
export async function storeImage(store: ImageStore, parts: ImageRunParts): Promise<ImageStored> {
  const { index, trees, layout, name, parent, changed, now, signal } = parts
  const before = parent && changed && createParentBlocks({ index, trees, parent, layout, changed })
  const archiver = createExtentArchiver({ ...parts, store })
  parts.onFigures(archiver.figures)
  for (let extent = 0; extent < extentCount(layout); extent++) {
    signal?.throwIfAborted()
    await archiver.add(extent, before ? await before.workFor(extent, { signal }) : wholeExtent(layout, extent))
  }
  const extents = await archiver.finished()
  const isSameDisk = parent?.layout.bytes === layout.bytes
  const isSame = isSameDisk && extents.every(({ subtree }, at) => parent.extents[at]?.subtree.equals(subtree))
  // So that a disk that has not changed has the very tree of before.
  const times = { madeAt: isSameDisk ? parent.madeAt : now, changedAt: isSame ? parent.changedAt : now }
  const [document, descriptor] = [encodeDiskDocument(layout), descriptorOf(layout)]
  const folder = diskTree(
    { bytes: document, id: await store.save('data', document) },
    { bytes: descriptor, id: await store.save('data', descriptor) },
    await store.save('tree', extentsTree(extents)),
    times,
  )
  const root = treeOf([folderNode(Buffer.from(name), times.changedAt, await store.save('tree', folder))])
  return {
    tree: await store.save('tree', root),
    figures: archiver.figures,
    reread: before?.reread ?? { extents: 0, blocks: 0 },
  }
}
