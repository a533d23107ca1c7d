import type { Abortable } from '../../base/index.ts'
import { ID_BYTES, type TreeLoader } from '../../repository/index.ts'
import {
  blockLength,
  blockLengthInDisk,
  blocksOf,
  type DiskLayout,
  EXTENT_FILE,
  extentLength,
  findBlock,
  goModeFromUnix,
  type Node,
  readExtent,
  type StoredExtent,
  TreeReader,
  TreeWriter,
} from '../../snapshot/index.ts'
import { isLoss } from '../rewrite/is-loss.ts'
import type { SaveBlob } from '../rewrite/missing-saver.ts'
import type { StoredBlobs } from '../rewrite/stored-blobs.ts'

/** A run of a disk of which nobody knows any more what it held. Bytes. */
export interface LostArea {
  readonly offset: number
  readonly length: number
  /** `extent`: of a whole extent it is known only how long it was. */
  readonly of: 'blocks' | 'extent'
}

export interface MendedExtent {
  /** Undefined where it stays as it is. */
  readonly tree: Buffer | undefined
  readonly lost: readonly LostArea[]
  /** Whether something of it lies only in packs that wait to be removed. */
  readonly isWaiting: boolean
}

export interface ExtentParts {
  readonly blobs: StoredBlobs
  readonly trees: TreeLoader
  readonly save: SaveBlob
}

/**
 * Puts zeros in the place of lost blocks. Throws `repository/damaged` for a tree that is there and holds no such extent, and
 * what the storage throws.
 */
export async function mendExtent(
  { blobs, trees, save }: ExtentParts,
  stored: StoredExtent,
  layout: DiskLayout,
  extent: number,
  options: Abortable,
): Promise<MendedExtent> {
  const { first, end } = blocksOf(layout, extent)
  const plain = await loadUnlessLost(trees, stored.subtree, options)
  const ids = plain
    ? (await readExtent(trees, stored, layout, extent, options)).ids
    : Buffer.alloc((end - first) * ID_BYTES)
  const lost: { offset: number; length: number; of: LostArea['of'] }[] = []
  let isChanged = !plain
  let isWaiting = plain !== undefined && !blobs.isListed('tree', stored.subtree)
  let zeros: { readonly length: number; readonly id: Buffer } | undefined
  for (let block = first; block < end; block++) {
    const id = ids.subarray((block - first) * ID_BYTES, (block - first + 1) * ID_BYTES)
    if (plain && findBlock(blobs.index, layout, block, id) >= 0) {
      isWaiting ||= !blobs.isListed('data', id)
      continue
    }
    const length = blockLength(layout, block)
    if (zeros?.length !== length) zeros = { length, id: await save('data', Buffer.alloc(length)) }
    // What were zeros are zeros again as soon as these are stored.
    if (!id.equals(zeros.id)) {
      id.set(zeros.id)
      isChanged = true
      const offset = block * layout.blockBytes
      const last = lost.at(-1)
      if (last && last.offset + last.length === offset) last.length += blockLengthInDisk(layout, block)
      else lost.push({ offset, length: blockLengthInDisk(layout, block), of: plain ? 'blocks' : 'extent' })
    }
  }
  if (!isChanged) return { tree: undefined, lost, isWaiting }
  const tree = plain ? withContent(plain, ids) : treeOf(newNode(stored, layout, extent, ids))
  return { tree: await save('tree', tree), lost, isWaiting }
}

async function loadUnlessLost(trees: TreeLoader, id: Buffer, options: Abortable): Promise<Buffer | undefined> {
  try {
    return await trees.load(id, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isLoss(error)) throw error
    return undefined
  }
}

/** Its time stays: what an older copy on a target has there is better than zeros. */
function withContent(plain: Buffer, content: Buffer): Buffer {
  const writer = new TreeWriter()
  const nodes = new TreeReader(plain, 'Tree')
  while (nodes.next()) {
    if (nodes.compareName(EXTENT_FILE) === 0) writer.add({ ...nodes.node(), content })
    else writer.addRaw(nodes.name, plain, nodes.rawStart, nodes.rawEnd)
  }
  return writer.finish()
}

function treeOf(node: Node): Buffer {
  const writer = new TreeWriter()
  writer.add(node)
  return writer.finish()
}

/** As a backup of a disk makes it. */
function newNode({ mtime }: StoredExtent, layout: DiskLayout, extent: number, content: Buffer): Node {
  return {
    name: EXTENT_FILE,
    type: 'file',
    mode: goModeFromUnix(0o100_600),
    mtime,
    atime: mtime,
    ctime: mtime,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: BigInt(extentLength(layout, extent)),
    links: 1n,
    content,
  }
}
