import { type Abortable, CoreError } from '../../base/index.ts'
import { type BlobIndex, ID_BYTES, type TreeLoader } from '../../repository/index.ts'
import { blocksOf, type DiskLayout, findBlock, readExtent, type StoredImage } from '../../snapshot/index.ts'
import type { BlockSet } from './block-set.ts'

/** What of an extent has to be read, and what is known of the rest. */
export interface ExtentWork {
  /** Of all its blocks, 32 bytes each; those of wanted ones are still to be found. */
  readonly ids: Buffer
  readonly isWanted: (block: number) => boolean
}

/** What was to be taken from the parent and is not there any more. */
export interface Reread {
  /** Extents whose tree cannot be read. */
  extents: number
  blocks: number
}

/** Decides what of each extent is read, where it was told what has changed since the parent. */
export interface ParentBlocks {
  /** `same`: all of it is as the parent has it. */
  workFor(extent: number, options: Abortable): Promise<ExtentWork | 'same'>
  readonly reread: Reread
}

export interface ParentBlocksParts {
  readonly index: BlobIndex
  readonly trees: TreeLoader
  /** Whose extents and blocks are as large. */
  readonly parent: StoredImage
  readonly layout: DiskLayout
  readonly changed: BlockSet
}

/** All of an extent. */
export function wholeExtent(layout: DiskLayout, extent: number): ExtentWork {
  const { first, end } = blocksOf(layout, extent)
  return { ids: Buffer.alloc((end - first) * ID_BYTES), isWanted: () => true }
}

export function createParentBlocks(parts: ParentBlocksParts): ParentBlocks {
  const { index, trees, parent, layout, changed } = parts
  const reread: Reread = { extents: 0, blocks: 0 }
  /** Of extents that are stored with all of their blocks. Those of nothing but zeros have one tree. */
  const whole = new Set<string>()

  /** Undefined where it cannot be read: then all of it is read anew, which loses nothing. */
  async function idsBefore(extent: number, options: Abortable): Promise<Buffer | undefined> {
    const stored = parent.extents[extent]
    if (!stored) return undefined
    try {
      return (await readExtent(trees, stored, parent.layout, extent, options)).ids
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      reread.extents++
      return undefined
    }
  }

  return {
    reread,
    async workFor(extent, options) {
      const { first, end } = blocksOf(layout, extent)
      const stored = parent.extents[extent]
      const isTouched = changed.hasAny(first, end)
      // An extent that ends elsewhere now was touched.
      const tree = stored?.subtree.toString('hex') ?? ''
      if (!isTouched && whole.has(tree)) return 'same'
      const before = await idsBefore(extent, options)
      if (!before) return wholeExtent(layout, extent)
      const ids = Buffer.alloc((end - first) * ID_BYTES)
      const lost = new Set<number>()
      for (let block = first; block < end; block++) {
        if (changed.has(block)) continue
        const at = (block - first) * ID_BYTES
        const id = before.subarray(at, at + ID_BYTES)
        if (findBlock(index, layout, block, id) >= 0) ids.set(id, at)
        else lost.add(block)
      }
      reread.blocks += lost.size
      if (isTouched || lost.size > 0) return { ids, isWanted: (block) => changed.has(block) || lost.has(block) }
      whole.add(tree)
      return 'same'
    },
  }
}
