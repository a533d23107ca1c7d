import { array, assert, boolean, integer, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { foldColumns } from '../../../../renderer/ui/fold-columns.ts'
import type { TableColumn } from '../../../../renderer/ui/table-column.ts'

const COLUMNS: readonly TableColumn[] = [
  { key: 'when', title: 'When', width: 13, isMain: true },
  { key: 'of', title: 'Of' },
  { key: 'state', title: 'State', width: 10 },
  { key: 'kept', title: 'Kept until', width: 9 },
]
const keysOf = (columns: readonly TableColumn[]): string[] => columns.map(({ key }) => key)

describe('the columns of a table', () => {
  it.each([
    [46, ['when', 'of', 'state', 'kept'], []],
    [45, ['when', 'of', 'state'], ['kept']],
    [30, ['when', 'of'], ['state', 'kept']],
    [22, ['when'], ['of', 'state', 'kept']],
    [5, ['when'], ['of', 'state', 'kept']],
  ])('stand beside each other in %d rem as far as they have room, the others below', (width, beside, below) => {
    const folded = foldColumns(COLUMNS, width)
    expect(keysOf(folded.beside)).toEqual(beside)
    expect(keysOf(folded.below)).toEqual(below)
  })

  it('are all told in every width, and the main one stays', () => {
    const others = array(record({ width: option(integer({ min: 3, max: 30 }), { nil: undefined }), isEnd: boolean() }))
    assert(
      property(others, integer({ min: 0, max: 8 }), integer({ min: 0, max: 120 }), (drawn, at, width) => {
        const columns: TableColumn[] = drawn.map((column, index) => ({
          key: `${index}`,
          title: '',
          isEnd: column.isEnd,
          ...(column.width !== undefined && { width: column.width }),
        }))
        columns.splice(at, 0, { key: 'main', title: '', isMain: true })
        const { beside, below } = foldColumns(columns, width)
        expect(keysOf([...beside, ...below]).toSorted()).toEqual(keysOf(columns).toSorted())
        expect(keysOf(beside)).toContain('main')
        expect(beside.length === 1 || beside.reduce((sum, column) => sum + (column.width ?? 14), 0) <= width).toBe(true)
      }),
    )
  })
})
