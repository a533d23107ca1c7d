import { describe, expect, it } from 'vitest'

import { breakText } from '../../../../../core/cli/client/text/break-text.ts'
import { fitTable, type ListColumn } from '../../../../../core/cli/client/text/fit-table.ts'

const COLUMNS: readonly ListColumn[] = [
  { title: 'ID' },
  { title: 'Name', narrow: 'broken' },
  { title: 'Size', align: 'right' },
  { title: 'Folder', narrow: 'below' },
]
const ROWS = [
  ['0001', 'letters of the house', '1.20 KiB', '/backup/vault'],
  ['0002', 'home', '9 B', ''],
]

describe('a list', () => {
  it('is a table as wide as it gets where there is room, and where there is no terminal', () => {
    const whole = [
      'ID    Name                      Size  Folder',
      '---------------------------------------------------',
      '0001  letters of the house  1.20 KiB  /backup/vault',
      '0002  home                       9 B',
    ]
    expect(fitTable(COLUMNS, ROWS, undefined)).toEqual(whole)
    expect(fitTable(COLUMNS, ROWS, 51)).toEqual(whole)
  })

  it('puts below each row what has a line of its own', () => {
    expect(fitTable(COLUMNS, ROWS, 50)).toEqual([
      'ID    Name                      Size',
      '------------------------------------',
      '0001  letters of the house  1.20 KiB',
      '  /backup/vault',
      '0002  home                       9 B',
    ])
  })

  it('puts sentences below each row however much room there is, in lines that people like to read', () => {
    const columns: readonly ListColumn[] = [{ title: 'ID' }, { title: 'What', narrow: 'prose' }]
    const rows = [['0001', ['word '.repeat(30).trim(), 'Do it.']]]
    const long = `  ${'word '.repeat(19).trim()}`
    const expected = ['ID', '----', '0001', long, `  ${'word '.repeat(11).trim()}`, '  Do it.']
    expect(fitTable(columns, rows, undefined)).toEqual(expected)
    expect(fitTable(columns, rows, 300)).toEqual(expected)
    expect(fitTable(columns, rows, 20)[3]).toBe('  word word word')
  })

  it('breaks names after that, and never ids or numbers', () => {
    expect(fitTable(COLUMNS, ROWS, 30)).toEqual([
      'ID    Name                Size',
      '------------------------------',
      '0001  letters of the  1.20 KiB',
      '      house',
      '  /backup/vault',
      '0002  home                 9 B',
    ])
    expect(fitTable(COLUMNS, ROWS, 10)[2]).toBe('0001  letters  1.20 KiB')
  })

  it('keeps a text of several lines together with its row', () => {
    const columns: readonly ListColumn[] = [{ title: 'ID' }, { title: 'What', narrow: 'below' }]
    const rows = [
      ['1', ['it failed, and nothing was stored', 'look at it']],
      ['2', ['all is well']],
    ]
    expect(fitTable(columns, rows, 20).slice(2)).toEqual([
      '1',
      '  it failed, and',
      '  nothing was stored',
      '  look at it',
      '2',
      '  all is well',
    ])
  })
})

describe('a text that is broken', () => {
  it('loses nothing, and no line is longer than it may be', () => {
    for (const room of [8, 9, 13, 20, 80]) {
      const lines = breakText('the vault /backup/cellar/second-shelf/vault of accounts', room, { cuts: true })
      expect(lines.filter((line) => line.length > room)).toEqual([])
      expect(lines.join('').replaceAll(' ', '')).toBe('thevault/backup/cellar/second-shelf/vaultofaccounts')
    }
  })

  it('is cut behind a mark where there is one, and not at all where a word is to stay whole', () => {
    expect(breakText('/backup/cellar/vault', 16, { cuts: true })).toEqual(['/backup/cellar/', 'vault'])
    expect(breakText('see /backup/cellar/vault now', 8)).toEqual(['see', '/backup/cellar/vault', 'now'])
    expect(breakText('', 8)).toEqual([''])
  })
})
