import { blockCount, blockLengthInDisk, type DiskLayout } from '../../snapshot/index.ts'
import type { DiskArea } from '../../source/index.ts'

/** Some blocks of a disk: a bit each. */
export interface BlockSet {
  has(block: number): boolean
  /** Adds all that this area touches. */
  addArea(area: DiskArea): void
  /** What they are together. */
  countBytes(): number
  /** Whether some of these are in it: `first` to before `end`. */
  hasAny(first: number, end: number): boolean
}

export function createBlockSet(layout: DiskLayout): BlockSet {
  const bits = new Uint8Array(Math.ceil(blockCount(layout) / 8))
  const has = (block: number): boolean => ((bits[block >>> 3] ?? 0) & (1 << (block & 7))) !== 0
  const add = (block: number): void => {
    bits[block >>> 3] = (bits[block >>> 3] ?? 0) | (1 << (block & 7))
  }
  return {
    has,
    addArea({ offset, length }) {
      if (length === 0) return
      const first = Math.floor(offset / layout.blockBytes)
      const end = Math.min(blockCount(layout), Math.ceil((offset + length) / layout.blockBytes))
      // Somebody may name the whole disk a million times: eight blocks at once.
      const [wholeFrom, wholeTo] = [Math.ceil(first / 8), Math.floor(end / 8)]
      if (wholeFrom < wholeTo) bits.fill(0xff, wholeFrom, wholeTo)
      for (let block = first; block < Math.min(end, wholeFrom * 8); block++) add(block)
      for (let block = Math.max(first, wholeTo * 8); block < end; block++) add(block)
    },
    countBytes() {
      let bytes = 0
      for (let block = 0; block < blockCount(layout); block++) if (has(block)) bytes += blockLengthInDisk(layout, block)
      return bytes
    },
    hasAny(first, end) {
      for (let block = first; block < end; block++) if (has(block)) return true
      return false
    },
  }
}
