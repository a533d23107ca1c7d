/** Where the rows of a long list begin, where not all are of the same height. Pixels. */
export interface RowTops {
  readonly count: number
  /** Height of all rows. */
  readonly total: number
  readonly topOf: (index: number) => number
  /** The row that has this point: the first or the last one where it is outside of all. */
  readonly rowAt: (y: number) => number
  readonly add: (height: number) => void
}

export function makeRowTops(): RowTops {
  const tops = [0]
  const topOf = (index: number): number => tops[index] ?? tops.at(-1) ?? 0
  return {
    get count() {
      return tops.length - 1
    },
    get total() {
      return topOf(tops.length - 1)
    },
    topOf,
    rowAt(y) {
      let low = 0
      let high = Math.max(0, tops.length - 2)
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (topOf(middle) <= y) low = middle
        else high = middle - 1
      }
      return low
    },
    add: (height) => void tops.push(topOf(tops.length - 1) + height),
  }
}

/** No browser makes an element much higher (Firefox ends at some 17 million). Pixels. */
const HIGHEST = 15_000_000

/** Rows beyond the edge that are kept ready, so that scrolling shows no gap. */
const SPARE = 8

export interface TallWindow {
  readonly from: number
  readonly until: number
  /** Where the first of them is to be drawn. */
  readonly above: number
  /** Height of what is scrolled through. */
  readonly height: number
}

/**
 * Which rows are to be in the page. Where all rows together are higher than a browser can draw, what is scrolled through is
 * less high than they are, and rows pass by faster in the same measure: so every row can be reached, however many there are.
 */
export function tallWindow(
  rows: RowTops,
  { top, height }: { readonly top: number; readonly height: number },
): TallWindow {
  const drawn = Math.min(rows.total, HIGHEST)
  const at = Math.max(0, Math.min(top, Math.max(0, drawn - height)))
  const y = at * speedOf(rows, height)
  const from = Math.max(0, rows.rowAt(y) - SPARE)
  const until = Math.min(rows.count, rows.rowAt(y + height) + 1 + SPARE)
  return { from, until, above: Math.max(0, at - (y - rows.topOf(from))), height: drawn }
}

/** Where to scroll to, so that this point of the list is at the top. */
export function scrollTo(rows: RowTops, y: number, height: number): number {
  return y / speedOf(rows, height)
}

/** How many pixels of rows pass by with each pixel of scrolling. */
export function speedOf(rows: RowTops, height: number): number {
  if (rows.total <= HIGHEST) return 1
  return (rows.total - height) / (HIGHEST - height)
}
