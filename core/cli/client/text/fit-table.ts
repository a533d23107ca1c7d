import { type Cell, type Column, formatTable, textWidth } from '../../repo/text/table.ts'
import { breakText } from './break-text.ts'

/** A column of a list, and how it gives way to a terminal that is too narrow for the table. */
export interface ListColumn extends Column {
  /**
   * `below`: on lines of its own under each row. `broken`: on several lines, once all that may go below is there. `prose`:
   * sentences, which go below however wide the terminal is, and where there is none.
   */
  readonly narrow?: 'below' | 'broken' | 'prose'
}

type Row = readonly Cell[]

/** No column is broken into less, unless there never was more in it. Characters. */
const LEAST = 8
const INDENT = '  '
/** Longer lines of prose nobody likes to read. Characters. */
const LONGEST_PROSE = 100

/**
 * A table for people that fits `terminal` characters as far as it can; undefined: it is as wide as it gets, as for a file.
 * Ids, numbers and moments are never broken: whoever has no room for those has his terminal break the lines.
 */
export function fitTable(
  columns: readonly ListColumn[],
  rows: readonly Row[],
  terminal: number | undefined,
): readonly string[] {
  const hasProse = columns.some(({ narrow }) => narrow === 'prose')
  if (!hasProse) {
    const whole = formatTable(columns, rows)
    if (terminal === undefined || widest(whole) <= terminal) return whole
  }
  const room = terminal ?? Number.POSITIVE_INFINITY
  const goesBelow = ({ narrow }: ListColumn): boolean =>
    narrow === 'prose' || (narrow === 'below' && terminal !== undefined)
  const besides = columns.flatMap((column, i) => (goesBelow(column) ? [] : [i]))
  const below = columns.flatMap((column, i) => (goesBelow(column) ? [i] : []))
  const line = hasProse ? Math.min(room, LONGEST_PROSE) : room
  const shown = besides.flatMap((i) => columns[i] ?? [])
  const cells = brokenTo(
    shown,
    rows.map((row) => besides.map((i) => row[i] ?? '')),
    room,
  )
  const [title = '', rule = '', ...body] = formatTable(shown, cells)
  let at = 0
  const lines = rows.flatMap((row, index) => {
    const height = Math.max(1, ...(cells[index] ?? []).map((cell) => linesOf(cell).length))
    const own = body.slice(at, (at += height))
    const more = below.flatMap((i) => linesOf(row[i] ?? '')).filter((each) => each !== '')
    return [...own, ...more.flatMap((each) => breakText(each, line - INDENT.length)).map((each) => INDENT + each)]
  })
  return [title, rule, ...lines]
}

/** The same rows with cells on more lines: the widest of the columns that may be broken gives way first. */
function brokenTo(columns: readonly ListColumn[], rows: readonly Row[], terminal: number): readonly Row[] {
  const rooms = columns.map(({ title }, i) => {
    const content = widest(rows.flatMap((row) => linesOf(row[i] ?? '')))
    return content === 0 ? 0 : Math.max(content, textWidth(title))
  })
  const least = columns.map(({ title, narrow }, i) =>
    narrow === 'broken' ? Math.min(rooms[i] ?? 0, Math.max(LEAST, textWidth(title))) : (rooms[i] ?? 0),
  )
  const used = rooms.filter((room) => room > 0)
  let excess = used.reduce((sum, room) => sum + room + 2, -2) - terminal
  for (; excess > 0; excess--) {
    const spare = rooms.map((room, i) => (room > (least[i] ?? 0) ? room : 0))
    const most = Math.max(...spare)
    if (most === 0) break
    const i = spare.indexOf(most)
    rooms[i] = most - 1
  }
  return rows.map((row) =>
    row.map((cell, i) => linesOf(cell).flatMap((line) => breakText(line, rooms[i] ?? 0, { cuts: true }))),
  )
}

function linesOf(cell: Cell): readonly string[] {
  return typeof cell === 'string' ? [cell] : cell
}

function widest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, textWidth(line)), 0)
}
