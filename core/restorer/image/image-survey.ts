import { type Abortable, CoreError, isCode, reasonOf } from '../../base/index.ts'
import { type BlobIndex, ID_BYTES, sha256, type TreeLoader } from '../../repository/index.ts'
import {
  blockCount,
  blockLength,
  blockLengthInDisk,
  blocksOf,
  type DiskLayout,
  extentLength,
  findBlock,
  readExtent,
  type StoredImage,
} from '../../snapshot/index.ts'

/** A run of a disk that cannot be restored, and why. Bytes. */
export interface DamagedArea {
  readonly offset: number
  readonly length: number
  readonly reason: string
}

/** The blocks of an extent. */
export interface ExtentBlocks {
  readonly extent: number
  /** Of each block its entry in the index, or why it has none. */
  readonly entries: Int32Array
  /** 32 bytes each. */
  readonly ids: Buffer
}

/** In `ExtentBlocks.entries`. */
export const ZERO_BLOCK = -1
export const LOST_BLOCK = -2

/** Reads what a snapshot says of a disk's blocks, extent by extent. */
export interface ImageSurvey {
  /** Tells what of it is in no pack, or cannot be known. */
  blocksOf(extent: number, onLost: (area: DamagedArea) => void, options: Abortable): Promise<ExtentBlocks>
}

export function createImageSurvey(index: BlobIndex, trees: TreeLoader, { layout, extents }: StoredImage): ImageSurvey {
  /** Extents of zeros have one tree, which need not be read for each of them. */
  let zeroExtent: { readonly subtree: Buffer; readonly blocks: ExtentBlocks } | undefined
  const last = blockCount(layout) - 1
  const zeros = sha256(Buffer.alloc(layout.blockBytes))
  const lastZeros = sha256(Buffer.alloc(blockLength(layout, last)))

  async function read(extent: number, onLost: (area: DamagedArea) => void, options: Abortable): Promise<ExtentBlocks> {
    const { first, end } = blocksOf(layout, extent)
    const count = end - first
    let ids: Buffer
    try {
      ids = (await readExtent(trees, extents[extent] ?? NO_EXTENT, layout, extent, options)).ids
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof CoreError) || isCode(error, 'storage/unreachable')) throw error
      const offset = first * layout.blockBytes
      const length = Math.min(extentLength(layout, extent), layout.bytes - offset)
      onLost({ offset, length, reason: reasonOf(error) })
      return { extent, entries: new Int32Array(count).fill(LOST_BLOCK), ids: Buffer.alloc(count * ID_BYTES) }
    }
    const entries = new Int32Array(count).fill(LOST_BLOCK)
    for (const at of entries.keys()) {
      const block = first + at
      const id = ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES)
      if (id.equals(block === last ? lastZeros : zeros)) entries[at] = ZERO_BLOCK
      else {
        const entry = findBlock(index, layout, block, id)
        if (entry >= 0) entries[at] = entry
        else onLost(areaOf(layout, block, 'it is in no pack of the repository, or has another length there'))
      }
    }
    return { extent, entries, ids }
  }

  return {
    async blocksOf(extent, onLost, options) {
      const { first, end } = blocksOf(layout, extent)
      const { subtree } = extents[extent] ?? {}
      if (
        subtree &&
        zeroExtent?.subtree.equals(subtree) &&
        end <= last &&
        zeroExtent.blocks.entries.length === end - first
      )
        return { ...zeroExtent.blocks, extent }
      const blocks = await read(extent, onLost, options)
      const isZero = end <= last && blocks.entries.every((entry) => entry === ZERO_BLOCK)
      if (subtree && isZero) zeroExtent = { subtree, blocks }
      return blocks
    },
  }
}

/** What no tree is called: as an extent that is lost. */
const NO_EXTENT = { subtree: Buffer.alloc(ID_BYTES) }

/** A block as a run of the disk. */
export function areaOf(layout: DiskLayout, block: number, reason: string): DamagedArea {
  return { offset: block * layout.blockBytes, length: blockLengthInDisk(layout, block), reason }
}
