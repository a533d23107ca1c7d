import type { TableColumn } from './table-column.ts'

/** What a column needs that has no width of its own. Rem. */
const LEAST = 14

export interface FoldedColumns {
  /** Columns that have room beside each other. */
  readonly beside: readonly TableColumn[]
  /** Those that have none: each is a line of its own in the row, below what says which row it is. */
  readonly below: readonly TableColumn[]
}

/**
 * Which columns of a table have room, in a table so wide (rem). None is left out: the last ones are told below first, the
 * main one never. Where it is alone it takes all the width that there is.
 */
export function foldColumns(columns: readonly TableColumn[], width: number): FoldedColumns {
  const beside = [...columns]
  const needed = (): number => beside.reduce((sum, column) => sum + (column.width ?? LEAST), 0)
  while (beside.length > 1 && needed() > width) {
    const last = beside.findLastIndex(({ isMain }) => isMain !== true)
    if (last === -1) break
    beside.splice(last, 1)
  }
  return { beside, below: columns.filter((column) => !beside.includes(column)) }
}
