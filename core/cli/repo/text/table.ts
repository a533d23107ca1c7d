/** A cell of several lines makes its row as high. */
export type Cell = string | readonly string[]

export interface Column {
  readonly title: string
  /** Default: left. */
  readonly align?: 'left' | 'right'
}

/** A table for people: titles, a rule, the rows. No line ends in blanks. Columns without any content are left out. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] {
  const lines = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? [cell] : cell)))
  const shown = columns.flatMap((column, i) => {
    let widest = 0
    for (const row of lines) for (const line of row[i] ?? []) widest = Math.max(widest, textWidth(line))
    return widest === 0 ? [] : [{ ...column, i, width: Math.max(widest, textWidth(column.title)) }]
  })
  function format(textOf: (i: number, title: string) => string): string {
    const cells = shown.map(({ i, title, align, width: room }) => {
      const text = textOf(i, title)
      const blanks = ' '.repeat(Math.max(0, room - textWidth(text)))
      return align === 'right' ? blanks + text : text + blanks
    })
    return cells.join('  ').trimEnd()
  }
  const total = shown.reduce((sum, column) => sum + column.width + 2, -2)
  const body = lines.flatMap((row) => {
    const height = row.reduce((most, cell) => Math.max(most, cell.length), 1)
    return Array.from({ length: height }, (_, line) => format((i) => row[i]?.[line] ?? ''))
  })
  return [format((_, title) => title), '-'.repeat(Math.max(0, total)), ...body]
}

/** Characters, not units of UTF-16, and without marks that stand above others. */
export function textWidth(text: string): number {
  return Array.from(text.replaceAll(/\p{M}/gu, '')).length
}
