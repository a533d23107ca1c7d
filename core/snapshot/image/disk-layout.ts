/** How a disk is cut, and how it lies in a snapshot. Bytes. Never changes while the disk keeps its size. */
export interface DiskLayout {
  /** Of the disk itself, which need not be whole sectors. */
  readonly bytes: number
  /** A power of two. */
  readonly blockBytes: number
  /** Whole blocks. */
  readonly extentBytes: number
}

const MIB = 2 ** 20
const GIB = 2 ** 30
const TIB = 2 ** 40

/** qemu holds every extent open, and a process may have 1024 files as a rule. */
const MOST_EXTENTS = 512
/** A pebibyte, at which a tree of an extent has 35 MB. */
export const LARGEST_DISK = 2 ** 50

const SECTOR = 512
const SMALLEST_BLOCK = 64 * 1024
/** What a pack has room for beside its own size, as for restic's longest chunk. */
const LARGEST_BLOCK = 8 * MIB

/** Bytes of the blocks that a disk may have. */
export const BLOCK_SIZES: readonly number[] = Array.from(
  { length: Math.log2(LARGEST_BLOCK / SMALLEST_BLOCK) + 1 },
  (_, doublings) => SMALLEST_BLOCK * 2 ** doublings,
)

/** What an extent of the largest disk has whose blocks stayed those of a small one. Its tree has 140 MB then. */
const MOST_BLOCKS = 2 ** 21

/** The layout of a disk that was never backed up before. */
export function chooseLayout(bytes: number): DiskLayout {
  return {
    bytes,
    blockBytes: bytes <= 2 * TIB ? MIB : 4 * MIB,
    extentBytes: Math.ceil(bytes / (MOST_EXTENTS * GIB)) * GIB,
  }
}

/** The layout of a disk that had another size before: as it was where that still does; else its blocks are, if they can. */
export function keepLayout(bytes: number, before: DiskLayout): DiskLayout {
  const same = { ...before, bytes }
  if (isLayout(same)) return same
  const larger = { ...chooseLayout(bytes), blockBytes: before.blockBytes }
  return isLayout(larger) ? larger : chooseLayout(bytes)
}

/** Whether a disk can lie so: what somebody made up must not have gigabytes asked for. */
export function isLayout({ bytes, blockBytes, extentBytes }: DiskLayout): boolean {
  return (
    [bytes, blockBytes, extentBytes].every((number) => Number.isSafeInteger(number) && number > 0) &&
    bytes <= LARGEST_DISK &&
    BLOCK_SIZES.includes(blockBytes) &&
    extentBytes % GIB === 0 &&
    extentBytes <= LARGEST_DISK &&
    extentBytes / blockBytes <= MOST_BLOCKS &&
    Math.ceil(bytes / extentBytes) <= MOST_EXTENTS
  )
}

/** What is stored of a disk: its bytes, and zeros up to a whole sector. */
function storedBytes({ bytes }: DiskLayout): number {
  return Math.ceil(bytes / SECTOR) * SECTOR
}

export function extentCount({ bytes, extentBytes }: DiskLayout): number {
  return Math.ceil(bytes / extentBytes)
}

/** Stored bytes of an extent. */
export function extentLength(layout: DiskLayout, extent: number): number {
  return Math.min(layout.extentBytes, storedBytes(layout) - extent * layout.extentBytes)
}

export function blockCount({ bytes, blockBytes }: DiskLayout): number {
  return Math.ceil(bytes / blockBytes)
}

/** Stored bytes of a block, which has its number in the disk. */
export function blockLength(layout: DiskLayout, block: number): number {
  return Math.min(layout.blockBytes, storedBytes(layout) - block * layout.blockBytes)
}

/** Bytes of a block that the disk itself has. */
export function blockLengthInDisk({ bytes, blockBytes }: DiskLayout, block: number): number {
  return Math.min(blockBytes, bytes - block * blockBytes)
}

/** The blocks of an extent: `first` to before `end`. */
export function blocksOf(layout: DiskLayout, extent: number): { readonly first: number; readonly end: number } {
  const perExtent = layout.extentBytes / layout.blockBytes
  return { first: extent * perExtent, end: Math.min(blockCount(layout), (extent + 1) * perExtent) }
}
