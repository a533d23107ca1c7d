/** Blocks of a disk that cannot be restored, a bit each: a large disk may have more of them than a set may have members. */
export interface DamagedBlocks {
  /** Different ones. */
  readonly count: number
  /** Adds the blocks from one up to before another. */
  add(from: number, to: number): void
  has(block: number): boolean
}

/** Most disks have no damage, and a disk that has some has it in one place. */
const BLOCKS_A_PAGE = 2 ** 20
const ALL = 0xff

export function createDamagedBlocks(): DamagedBlocks {
  const pages = new Map<number, Uint8Array>()
  let count = 0

  function addOne(page: Uint8Array, block: number): void {
    const bits = page[block >>> 3] ?? 0
    const bit = 1 << (block & 7)
    if ((bits & bit) !== 0) return
    page[block >>> 3] = bits | bit
    count++
  }

  function addToPage(number: number, from: number, to: number): void {
    let page = pages.get(number)
    if (!page) {
      page = new Uint8Array(BLOCKS_A_PAGE / 8)
      pages.set(number, page)
      if (to - from === BLOCKS_A_PAGE) {
        page.fill(ALL)
        count += BLOCKS_A_PAGE
        return
      }
    }
    for (let block = from; block < to; block++) addOne(page, block)
  }

  return {
    get count() {
      return count
    },
    add(from, to) {
      for (let first = from; first < to;) {
        const number = Math.floor(first / BLOCKS_A_PAGE)
        const start = number * BLOCKS_A_PAGE
        const end = Math.min(to, start + BLOCKS_A_PAGE)
        addToPage(number, first - start, end - start)
        first = end
      }
    },
    has(block) {
      const page = pages.get(Math.floor(block / BLOCKS_A_PAGE))
      const at = block % BLOCKS_A_PAGE
      return page !== undefined && ((page[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0
    },
  }
}
