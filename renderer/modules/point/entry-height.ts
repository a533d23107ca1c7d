/** Heights of a row of a recovery point's entries, as `EntryRow` draws it. Pixels. */
const NAME_LINE = 20
const DETAIL_LINE = 16
const PADDING = 12

/**
 * How high the row of an entry is: a long name is shown whole, on as many lines as it takes, and its date and size on the
 * next one (NAS-33). Letters break anywhere, so that a line is never shorter than the room less the widest letter.
 */
export function entryHeight({
  nameWidth,
  room,
  widest,
  detailLines,
}: {
  readonly nameWidth: number
  /** What there is for a line. */
  readonly room: number
  readonly widest: number
  readonly detailLines: number
}): number {
  const sure = Math.max(widest, room - widest)
  const lines = nameWidth <= room ? 1 : Math.ceil(nameWidth / sure)
  return lines * NAME_LINE + detailLines * DETAIL_LINE + PADDING
}
