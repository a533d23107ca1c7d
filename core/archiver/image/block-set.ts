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

/** Bytes of bits. What is in the set as a whole page is not gone through again. */
const PAGE = 512

export function createBlockSet(layout: DiskLayout): BlockSet {
  const bits = new Uint8Array(Math.ceil(blockCount(layout) / 8))
  /** Of each page, and of the end, a page from it on before which all is in the set: itself where it may not be. */
  const after = Uint32Array.from({ length: Math.ceil(bits.length / PAGE) + 1 }, (_, page) => page)
  const has = (block: number): boolean => ((bits[block >>> 3] ?? 0) & (1 << (block & 7))) !== 0
  const add = (block: number): void => {
    bits[block >>> 3] = (bits[block >>> 3] ?? 0) | (1 << (block & 7))
  }

  /** The first page from one on that may not be in the set as a whole. Shortens the way there for whoever comes next. */
  function openPage(from: number): number {
    let page = from
    for (let next = after[page] ?? page; next !== page; next = after[page] ?? page) {
      after[page] = after[next] ?? next
      page = next
    }
    return page
  }

  /** Adds bytes of bits. Somebody may name the whole disk a million times. */
  function addBytes(from: number, to: number): void {
    const [firstPage, endPage] = [Math.ceil(from / PAGE), Math.floor(to / PAGE)]
    if (firstPage >= endPage) {
      if (from < to) bits.fill(0xff, from, to)
      return
    }
    bits.fill(0xff, from, firstPage * PAGE)
    for (let page = openPage(firstPage); page < endPage; page = openPage(page)) {
      bits.fill(0xff, page * PAGE, (page + 1) * PAGE)
      after[page] = page + 1
    }
    bits.fill(0xff, endPage * PAGE, to)
  }

  return {
    has,
    addArea({ offset, length }) {
      if (length === 0) return
      const first = Math.floor(offset / layout.blockBytes)
      const end = Math.min(blockCount(layout), Math.ceil((offset + length) / layout.blockBytes))
      const [wholeFrom, wholeTo] = [Math.ceil(first / 8), Math.floor(end / 8)]
      addBytes(wholeFrom, wholeTo)
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
