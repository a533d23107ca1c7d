/** Which rows of a long list are in the page, and how much room those above and below them take. Pixels. */
export interface RowWindow {
  readonly from: number
  readonly until: number
  readonly above: number
  readonly below: number
}

/** Rows beyond the edge that are kept ready, so that scrolling shows no gap. */
const SPARE = 8

export function windowOf({
  top,
  height,
  rowHeight,
  count,
}: {
  readonly top: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}): RowWindow {
  const first = Math.floor(Math.max(0, top) / rowHeight)
  const from = Math.max(0, Math.min(count, first) - SPARE)
  const until = Math.max(from, Math.min(count, first + Math.ceil(height / rowHeight) + SPARE))
  return { from, until, above: from * rowHeight, below: (count - until) * rowHeight }
}
