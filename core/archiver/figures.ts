/**
 * How far the workers are, in shared memory: each counts in a row of its own, so counting costs nothing, and the main
 * thread adds the rows up when somebody wants to know.
 */
export interface Figures {
  filesNew: number
  filesChanged: number
  filesUnmodified: number
  /** Symbolic links, devices, FIFOs: entries without content that are not folders. */
  others: number
  dirsNew: number
  dirsChanged: number
  dirsUnmodified: number
  /** Bytes of all regular files seen, read or not; of one that is being read, as far as it was. */
  bytesProcessed: number
  /** Bytes of them that had to be read. */
  bytesRead: number
}

const NAMES = [
  'filesNew',
  'filesChanged',
  'filesUnmodified',
  'others',
  'dirsNew',
  'dirsChanged',
  'dirsUnmodified',
  'bytesProcessed',
  'bytesRead',
] as const satisfies readonly (keyof Figures)[]

/** Rows stay on cache lines of their own. */
const ROW = 16

export function allocateFigures(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * ROW * Float64Array.BYTES_PER_ELEMENT)
}

/** A worker's own row. Doubles count exactly to 2^53. */
export type FigureRow = Float64Array

export function figureRow(shared: SharedArrayBuffer, worker: number): FigureRow {
  return new Float64Array(shared, worker * ROW * Float64Array.BYTES_PER_ELEMENT, NAMES.length)
}

/** Where a figure stands in a row. */
export const FIGURE = Object.fromEntries(NAMES.map((name, at) => [name, at])) as Record<keyof Figures, number>

/** Adds a row's figure up. */
export function count(row: FigureRow, figure: number, by = 1): void {
  row[figure] = (row[figure] ?? 0) + by
}

/**
 * What was done by a pass and by the one after it, which looked at all once more but read only what the first had
 * missed: that counts as new, whatever an earlier snapshot had of it.
 */
export function withRetried(first: Figures, again: Figures): Figures {
  return {
    ...first,
    filesNew: first.filesNew + again.filesNew,
    dirsNew: first.dirsNew + again.dirsNew,
    others: Math.max(first.others, again.others),
    bytesProcessed: Math.max(first.bytesProcessed, again.bytesProcessed),
    bytesRead: first.bytesRead + again.bytesRead,
  }
}

export function sumFigures(shared: SharedArrayBuffer): Figures {
  const all = new Float64Array(shared)
  const sum = (at: number): number => {
    let total = 0
    for (let row = at; row < all.length; row += ROW) total += all[row] ?? 0
    return total
  }
  return Object.fromEntries(NAMES.map((name, at) => [name, sum(at)])) as unknown as Figures
}
