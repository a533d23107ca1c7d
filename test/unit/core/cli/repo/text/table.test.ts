import { describe, expect, it } from 'vitest'

import { formatTable } from '../../../../../../core/cli/repo/text/table.ts'

describe('a table', () => {
  it('aligns columns, makes rows as high as their highest cell, and ends no line in blanks', () => {
    const columns = [{ title: 'ID' }, { title: 'Tags' }, { title: 'Size', align: 'right' }] as const
    const rows = [
      ['1', ['first', 'second'], '10 B'],
      ['22', [], '1.50 KiB'],
    ]
    expect(formatTable(columns, rows)).toEqual([
      'ID  Tags        Size',
      '--------------------',
      '1   first       10 B',
      '    second',
      '22          1.50 KiB',
    ])
  })

  it('may have hundreds of thousands of lines in a cell', () => {
    const tags = Array.from({ length: 300_000 }, (_, at) => `t${at}`)
    expect(formatTable([{ title: 'ID' }, { title: 'Tags' }], [['1', tags]]).slice(1, 4)).toEqual([
      '-----------',
      '1   t0',
      '    t1',
    ])
  })

  it('leaves out a column that has nothing in it', () => {
    expect(formatTable([{ title: 'A' }, { title: 'B' }, { title: 'C' }], [['x', '', 'z']])).toEqual([
      'A  C',
      '----',
      'x  z',
    ])
  })

  it('counts characters, not units of UTF-16 and not accents that stand above others', () => {
    expect(formatTable([{ title: 'Name' }, { title: 'X' }], [['😀e\u0301', 'x']])[2]).toBe('😀e\u0301    x')
  })
})
