/**
 * Numbers that threads count in shared memory: each in a row of its own, so counting costs nothing, and whoever wants to
 * know adds the rows up. Doubles count exactly to 2^53.
 */
export interface Counters<N extends string> {
  /** Where a number stands in a row. */
  readonly at: Readonly<Record<N, number>>
  allocate(rows: number): SharedArrayBuffer
  /** A thread's own row. */
  row(shared: SharedArrayBuffer, row: number): CounterRow
  sum(shared: SharedArrayBuffer): Record<N, number>
}

export type CounterRow = Float64Array

/** Rows stay on cache lines of their own. */
const LINE = 8

export function defineCounters<N extends string>(...names: readonly N[]): Counters<N> {
  const width = Math.ceil(names.length / LINE) * LINE
  const entries = names.map((name, at) => [name, at] as const)
  return {
    at: Object.fromEntries(entries) as Record<N, number>,
    allocate: (rows) => new SharedArrayBuffer(rows * width * Float64Array.BYTES_PER_ELEMENT),
    row: (shared, row) => new Float64Array(shared, row * width * Float64Array.BYTES_PER_ELEMENT, names.length),
    sum(shared) {
      const all = new Float64Array(shared)
      const sums = entries.map(([name, first]) => {
        let sum = 0
        for (let at = first; at < all.length; at += width) sum += all[at] ?? 0
        return [name, sum] as const
      })
      return Object.fromEntries(sums) as Record<N, number>
    },
  }
}

/** Adds to a number of a row. */
export function count(row: CounterRow, at: number, by = 1): void {
  row[at] = (row[at] ?? 0) + by
}
