import { describe, expect, it } from 'vitest'

import { patternsOf } from '../../../../renderer/modules/set/content-draft.ts'
import { isWithin, rowsOf, type SourceEntry, type TreeFolder } from '../../../../renderer/modules/set/content-tree.ts'

const entry = (path: string, isIncluded = true): SourceEntry => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  type: path.includes('.') ? 'file' : 'folder',
  isIncluded,
})
const folder = (...entries: SourceEntry[]): TreeFolder => ({
  entries,
  next: null,
  isLoading: false,
  problem: undefined,
})

const kinds = (state: Partial<TreeFolder>): string[] =>
  rowsOf({ folders: new Map([['/', { ...folder(), ...state }]]), open: new Set(), roots: [] }).map(({ kind }) => kind)

describe('the tree of a source', () => {
  const folders = new Map([
    ['/', folder(entry('/etc'), entry('/srv'))],
    ['/srv', folder(entry('/srv/cache', false), entry('/srv/finance'))],
    ['/srv/cache', folder(entry('/srv/cache/a.txt'))],
    ['/srv/finance', folder(entry('/srv/finance/a.txt'), entry('/srv/finance/a.tmp', false))],
  ])
  const shown = (roots: string[], open = ['/srv', '/srv/cache', '/srv/finance']) =>
    Object.fromEntries(
      rowsOf({ folders, open: new Set(open), roots }).flatMap((row) =>
        row.kind === 'entry' ? [[row.entry.path, row.belonging]] : [],
      ),
    )

  it('says what of a chosen folder would be backed up, and what not', () => {
    expect(shown(['/srv/finance'])).toEqual({
      '/etc': 'away',
      '/srv': 'away',
      '/srv/cache': 'away',
      '/srv/cache/a.txt': 'away',
      '/srv/finance': 'root',
      '/srv/finance/a.txt': 'in',
      '/srv/finance/a.tmp': 'out',
    })
  })

  it('leaves out everything below what is left out, whatever is said of it', () => {
    expect(shown(['/srv'])).toMatchObject({ '/srv/cache': 'out', '/srv/cache/a.txt': 'out', '/srv/finance': 'in' })
  })

  it('shows that a chosen folder is left out where a pattern fits it', () => {
    expect(shown(['/srv/cache'])).toMatchObject({ '/srv/cache': 'out', '/srv/cache/a.txt': 'out' })
  })

  it('backs up everything where the top is chosen', () => {
    expect(shown(['/'])).toMatchObject({ '/etc': 'in', '/srv/finance/a.txt': 'in' })
  })

  it('shows of a closed folder that something in it is chosen', () => {
    const rows = rowsOf({ folders, open: new Set(), roots: ['/srv/finance'] })
    expect(rows.map((row) => row.kind === 'entry' && row.leadsToRoot)).toEqual([false, true])
  })

  it('says of an open folder that it loads, is empty, goes on or could not be read', () => {
    expect(kinds({})).toEqual(['empty'])
    expect(kinds({ isLoading: true })).toEqual(['loading'])
    expect(kinds({ problem: 'No.' })).toEqual(['problem'])
    expect(kinds({ entries: [entry('/a')], next: 'x' })).toEqual(['entry', 'more'])
    // What was there stays while it is asked for again.
    expect(kinds({ entries: [entry('/a')], isLoading: true })).toEqual(['entry'])
  })

  it('takes names for names: a folder whose name begins like another is not in it', () => {
    expect(isWithin('/srv/finance2', '/srv/finance')).toBe(false)
    expect(isWithin('/srv/finance/2', '/srv/finance')).toBe(true)
    expect(isWithin('/srv', '/')).toBe(true)
  })
})

describe('patterns', () => {
  it('are one a line, without what is around them', () => {
    expect(patternsOf(' *.tmp \n\n/srv/a b\n')).toEqual(['*.tmp', '/srv/a b'])
  })
})
