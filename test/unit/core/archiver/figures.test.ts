import { describe, expect, it } from 'vitest'

import {
  allocateFigures,
  count,
  FIGURE,
  type FigureRow,
  type Figures,
  figureRow,
  sumFigures,
  withRetried,
} from '../../../../core/archiver/figures.ts'

const NAMES = Object.keys(FIGURE) as (keyof Figures)[]

function figuresOf(known: Partial<Figures>): Figures {
  return { ...sumFigures(allocateFigures(1)), ...known }
}

describe('the figures of workers', () => {
  it('are nothing at first', () => {
    expect(Object.values(sumFigures(allocateFigures(3)))).toEqual(NAMES.map(() => 0))
  })

  it('are added up over all workers, each of which counts in a row of its own', () => {
    const shared = allocateFigures(3)
    const rows = [0, 1, 2].map((worker): FigureRow => figureRow(shared, worker))
    for (const [worker, row] of rows.entries()) {
      for (const [at, name] of NAMES.entries()) count(row, FIGURE[name], 10 ** worker * (at + 1))
    }
    expect(sumFigures(shared)).toEqual(Object.fromEntries(NAMES.map((name, at) => [name, 111 * (at + 1)])))
    // No two rows share a cache line.
    for (const [worker, row] of rows.entries()) expect(row.byteOffset).toBe(worker * 128)
  })

  it('count by one where nothing else is said, and exactly far beyond 32 bits', () => {
    const shared = allocateFigures(1)
    const row = figureRow(shared, 0)
    count(row, FIGURE.bytesRead, 2 ** 52)
    count(row, FIGURE.bytesRead)
    expect(sumFigures(shared).bytesRead).toBe(2 ** 52 + 1)
  })
})

describe('the figures of two passes', () => {
  it('NAS-14: have as new what only the second one read, and all else as the first one saw it', () => {
    const first = figuresOf({
      filesNew: 3,
      filesChanged: 2,
      filesUnmodified: 5,
      dirsNew: 1,
      dirsUnmodified: 4,
      others: 1,
    })
    const again = figuresOf({ filesNew: 2, filesUnmodified: 10, dirsNew: 1, dirsUnmodified: 5, others: 2 })
    expect(withRetried(first, again)).toEqual(
      figuresOf({ filesNew: 5, filesChanged: 2, filesUnmodified: 5, dirsNew: 2, dirsUnmodified: 4, others: 2 }),
    )
  })

  it('never go back while the second one is under way', () => {
    const first = figuresOf({ bytesProcessed: 1000, bytesRead: 700, others: 4 })
    expect(withRetried(first, figuresOf({}))).toEqual(first)
    expect(withRetried(first, figuresOf({ bytesProcessed: 1200, bytesRead: 200 }))).toEqual(
      figuresOf({ bytesProcessed: 1200, bytesRead: 900, others: 4 }),
    )
  })
})
