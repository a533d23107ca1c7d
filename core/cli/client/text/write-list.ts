import type { Output } from '../../output.ts'
import type { Cell } from '../../repo/text/table.ts'
import { fitTable, type ListColumn } from './fit-table.ts'

export interface Listing<T extends object> {
  /** What each object is called where programs read it. */
  readonly type: string
  readonly items: readonly T[]
  readonly columns: readonly ListColumn[]
  readonly row: (item: T) => readonly Cell[]
  /** Told where there is nothing: what it means, and how there would be something. */
  readonly empty: string
  /** Told last, where more is there than was asked for. */
  readonly more?: string | undefined
}

/** Lists things: as a table for people, for programs one object a line and their number last. */
export function writeList<T extends object>(
  output: Output,
  { type, items, columns, row, empty, more }: Listing<T>,
): void {
  for (const item of items) output.emit({ message_type: type, ...item })
  output.emit({ message_type: 'summary', total: items.length, has_more: more !== undefined })
  if (items.length === 0) output.say(empty)
  else for (const line of fitTable(columns, items.map(row), output.columns)) output.say(line)
  if (more !== undefined) output.say(more)
}

/** One thing in all its parts: those without a value are left out. */
export function writeParts(output: Output, parts: readonly (readonly [name: string, value: string])[]): void {
  const shown = parts.filter(([, value]) => value !== '')
  const width = shown.reduce((most, [name]) => Math.max(most, name.length), 0)
  for (const [name, value] of shown) output.say(`${`${name}:`.padEnd(width + 1)} ${value}`)
}
