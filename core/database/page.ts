/** Which part of a list is wanted: those behind `after`, an id or a time with an id. */
export interface PageOf<Cursor> {
  readonly limit: number
  readonly after?: Cursor | undefined
}

/** A part of a list, and whether there is more. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly hasMore: boolean
}

/** One more than was wanted was asked for, to know whether there is more. */
export function pageOf<Row>(found: readonly Row[], limit: number): Page<Row> {
  return { rows: found.slice(0, limit), hasMore: found.length > limit }
}
