import { describe, expect, it } from 'vitest'

import { type Figures, FIGURES, withRetried } from '../../../../core/archiver/figures.ts'

function figuresOf(known: Partial<Figures>): Figures {
  return { ...FIGURES.sum(FIGURES.allocate(1)), ...known }
}

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
