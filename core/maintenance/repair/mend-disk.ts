import { type Abortable, CoreError } from '../../base/index.ts'
import { type ByteString, printable } from '../../file-system/index.ts'
import { createTreeLoader, type Repository } from '../../repository/index.ts'
import {
  DISK_DOCUMENT,
  EXTENTS,
  extentFolder,
  findNode,
  isDisk,
  readDisk,
  type StoredImage,
} from '../../snapshot/index.ts'
import { changedTree, type WrittenChange } from '../rewrite/changed-tree.ts'
import { isLoss } from '../rewrite/is-loss.ts'
import type { Settle } from '../rewrite/rewriting.ts'
import type { StoredBlobs } from '../rewrite/stored-blobs.ts'
import { type LostArea, type MendedExtent, mendExtent } from './mend-extent.ts'

export interface DiskReport {
  /** A disk that has zeros there from now on. */
  readonly onDisk: (path: ByteString, lost: readonly LostArea[]) => void
  /** A disk, or an extent of it, that stays as it is, since nobody can tell where what is left of it belongs. */
  readonly onDiskLeft: (path: ByteString, error: CoreError) => void
  /** Something of it lies only in packs that wait to be removed. */
  readonly onWaiting: (path: ByteString) => void
}

const DOCUMENT_NAME = DISK_DOCUMENT.toString('latin1')
const EXTENTS_NAME = EXTENTS.toString('latin1')

/** Puts zeros where blocks of a disk are lost: it keeps its size, and all else in it its place. Of no other folder it settles anything. */
export function diskMender(repository: Repository, blobs: StoredBlobs, report: DiskReport): Settle {
  const { onDisk, onDiskLeft, onWaiting } = report
  const trees = createTreeLoader(repository, blobs.index)

  async function read(tree: Buffer, path: ByteString, options: Abortable): Promise<StoredImage | undefined> {
    try {
      const name = printable(Buffer.from(path.slice(1), 'latin1'))
      return await readDisk({ repository, index: blobs.index, trees }, tree, name, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!isLoss(error) && !isUnknown(error)) throw error
      onDiskLeft(path, error)
      return undefined
    }
  }

  return async (tree, plain, path, save, options) => {
    if (!isDisk(plain)) return undefined
    const image = await read(tree, path, options)
    if (!image) return new Map([DOCUMENT_NAME, EXTENTS_NAME].map((name) => [name, 'same']))
    const { layout, extents } = image

    async function mend(extent: number): Promise<MendedExtent | undefined> {
      const stored = extents[extent]
      try {
        return stored && (await mendExtent({ blobs, trees, save }, stored, layout, extent, options))
      } catch (error) {
        options.signal?.throwIfAborted()
        if (!isLoss(error)) throw error
        onDiskLeft(`${path}/${EXTENTS_NAME}/${extentFolder(extent).toString()}`, error)
        return undefined
      }
    }

    const changed = new Map<number, WrittenChange>()
    const lost: LostArea[] = []
    let isWaiting = false
    for (const extent of extents.keys()) {
      const mended = await mend(extent)
      if (mended?.tree) changed.set(extent, { type: 'subtree', subtree: mended.tree })
      // There may be more of them than a call takes.
      for (const area of mended?.lost ?? []) lost.push(area)
      isWaiting ||= mended?.isWaiting ?? false
    }
    if (isWaiting) onWaiting(path)
    if (lost.length > 0) onDisk(path, lost)
    const list = findNode(plain, EXTENTS, 'Tree')?.subtree
    if (changed.size === 0 || !list) return new Map([[EXTENTS_NAME, 'same']])
    // Extents have the places of their numbers: `readDisk` has seen to that.
    const mended = changedTree(await trees.load(list, options), changed)
    return new Map([[EXTENTS_NAME, await save('tree', mended.plain)]])
  }
}

/** A disk that a newer version has stored. */
function isUnknown(error: unknown): error is CoreError {
  return error instanceof CoreError && error.code === 'repository/unsupported'
}
