import type { Abortable } from '../../base/index.ts'
import { type BlobIndex, ID_BYTES, sha256 } from '../../repository/index.ts'
import {
  blockLengthInDisk,
  blocksOf,
  type DiskLayout,
  extentLength,
  type StoredExtent,
  type StoredImage,
} from '../../snapshot/index.ts'
import type { DataExtent, ImageSource } from '../../source/index.ts'
import { extentTree, isSameExtent, ZERO_EXTENT_TIME } from './image-nodes.ts'
import type { ImageStore } from './image-store.ts'
import type { ExtentWork } from './parent-blocks.ts'

/** How far a backup of a disk is. Bytes of the disk. */
export interface ImageFigures {
  /** Of what was to be read: read, or found to be holes. */
  processed: number
  read: number
  extentsNew: number
  extentsChanged: number
  extentsUnmodified: number
}

/** Stores extents of a disk: what of them has to be read, and their trees. */
export interface ExtentArchiver {
  readonly figures: ImageFigures
  /** `same`: takes it from the parent. Resolves when it is read; `finished` tells of all. */
  add(extent: number, work: ExtentWork | 'same'): Promise<void>
  /** Resolves to all extents, in their order. */
  finished(): Promise<StoredExtent[]>
}

export interface ExtentArchiverParts extends Abortable {
  readonly index: BlobIndex
  readonly store: ImageStore
  readonly source: Pick<ImageSource, 'nextData'>
  readonly layout: DiskLayout
  /** Undefined where its extents are of another size. */
  readonly parent: StoredImage | undefined
  /** Of extents that have changed. Nanoseconds since the epoch. */
  readonly now: bigint
  readonly workers: number
}

/** Extents whose ids and trees are in memory at a time, beside one for each thread. */
const MORE_EXTENTS = 2

/** What a thread is given at once: long enough that giving it costs nothing. Bytes. */
const JOB_BYTES = 32 * 1024 * 1024

export function createExtentArchiver(parts: ExtentArchiverParts): ExtentArchiver {
  const { index, store, source, layout, parent, now, workers, signal } = parts
  const figures: ImageFigures = { processed: 0, read: 0, extentsNew: 0, extentsChanged: 0, extentsUnmodified: 0 }
  const extents: Promise<StoredExtent>[] = []
  const running = new Set<Promise<void>>()
  const unfinished = new Set<Promise<unknown>>()
  const blocksAJob = Math.max(1, JOB_BYTES / layout.blockBytes)
  const zeros = Buffer.alloc(layout.blockBytes)
  const zeroId = sha256(zeros)
  let zeroBlock: Promise<unknown> | undefined
  /** Of an extent of nothing else. */
  let zeroTree: Promise<Buffer> | undefined
  /** Where it is known what is data. */
  let data: DataExtent | undefined = { offset: 0, length: 0 }

  /** Whether a block lies in a hole. To be asked in the order of blocks. */
  function isHole(block: number): boolean {
    const from = block * layout.blockBytes
    if (data && data.offset + data.length <= from) data = source.nextData(from)
    return !data || data.offset >= from + layout.blockBytes
  }

  /** Has a job done once there is room for one more. In a list, as a promise alone would be waited for. */
  async function start(job: () => Promise<void>): Promise<[Promise<void>]> {
    while (running.size >= workers * 2) await Promise.race(running)
    signal?.throwIfAborted()
    const done = job().finally(() => running.delete(done))
    done.catch(() => undefined)
    running.add(done)
    return [done]
  }

  async function storeBlocks(blocks: readonly number[], first: number, ids: Buffer): Promise<void> {
    const found = await store.storeBlocks(Uint32Array.from(blocks))
    for (const [at, block] of blocks.entries()) {
      ids.set(found.subarray(at * ID_BYTES, (at + 1) * ID_BYTES), (block - first) * ID_BYTES)
      const length = blockLengthInDisk(layout, block)
      figures.read += length
      figures.processed += length
    }
  }

  /** The zero block is stored once, by whoever comes first. */
  async function storeZeros(): Promise<void> {
    zeroBlock ??= index.find('data', zeroId) >= 0 ? Promise.resolve() : store.save('data', zeros)
    await zeroBlock
  }

  async function readExtent(extent: number, { ids, isWanted }: ExtentWork): Promise<void> {
    const { first, end } = blocksOf(layout, extent)
    const jobs: Promise<void>[] = []
    let blocks: number[] = []
    let hasHoles = false
    const give = async (): Promise<void> => {
      const some = blocks
      blocks = []
      const [job] = await start(() => storeBlocks(some, first, ids))
      jobs.push(job)
    }
    for (let block = first; block < end; block++) {
      if (!isWanted(block)) continue
      const length = blockLengthInDisk(layout, block)
      if (length === layout.blockBytes && isHole(block)) {
        ids.set(zeroId, (block - first) * ID_BYTES)
        figures.processed += length
        hasHoles = true
      } else if (blocks.push(block) >= blocksAJob) await give()
    }
    if (blocks.length > 0) await give()
    if (hasHoles) jobs.push(storeZeros())
    const finished = Promise.all(jobs)
      .then(() => finish(extent, ids))
      .finally(() => unfinished.delete(finished))
    finished.catch(() => undefined)
    unfinished.add(finished)
    extents[extent] = finished
  }

  async function finish(extent: number, ids: Buffer): Promise<StoredExtent> {
    const before = parent?.extents[extent]
    const tree = before && extentTree(layout, extent, ids, before.mtime)
    if (before && tree && isSameExtent(tree, before)) {
      figures.extentsUnmodified++
      // Somebody may have removed it.
      if (index.find('tree', before.subtree) < 0) await store.save('tree', tree)
      return before
    }
    figures[before ? 'extentsChanged' : 'extentsNew']++
    const saveTree = (mtime: bigint): Promise<Buffer> => store.save('tree', extentTree(layout, extent, ids, mtime))
    const isWhole = extentLength(layout, extent) === layout.extentBytes
    if (!isWhole || !ids.equals(Buffer.alloc(ids.length, zeroId))) return { subtree: await saveTree(now), mtime: now }
    zeroTree ??= saveTree(ZERO_EXTENT_TIME)
    return { subtree: await zeroTree, mtime: ZERO_EXTENT_TIME }
  }

  return {
    figures,
    async add(extent, work) {
      const before = parent?.extents[extent]
      if (work !== 'same') {
        while (unfinished.size >= workers + MORE_EXTENTS) await Promise.race(unfinished)
        await readExtent(extent, work)
      } else if (before) {
        figures.extentsUnmodified++
        extents[extent] = Promise.resolve(before)
      }
    },
    finished: () => Promise.all(extents),
  }
}
