import { describe, expect, it } from 'vitest'

import { decisionPage } from '../../../../core/appliance/present/retention-dto.ts'
import type { RetentionPoint } from '../../../../core/policy/index.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22)

/** Two of each moment: which of them comes first is by their ids, which were not given out in order. */
const NEWEST_FIRST = ['p5', 'p0', 'p3', 'p1', 'p6', 'p4', 'p2']
const points: RetentionPoint[] = Array.from({ length: 7 }, (_, index) => ({
  id: `p${(index * 5) % 7}`,
  kind: 'full',
  completed: NOW - Math.floor(index / 2) * DAY,
  timeZone: 'UTC',
  isComplete: true,
}))

function page(of: readonly RetentionPoint[], query: { readonly limit: number; readonly cursor?: string | undefined }) {
  return decisionPage(of, { days: 2, weeks: 0, months: 0, years: 0 }, { ...query, now: NOW })
}

function pagesOf(limit: number, between: (number: number) => readonly RetentionPoint[] = () => points): string[] {
  const seen: string[] = []
  let cursor: string | undefined
  for (let number = 0; ; number += 1) {
    const { items, next, total, kept } = page(between(number), { limit, cursor })
    expect([total, kept]).toEqual([between(number).length, expect.any(Number)])
    expect(items.length).toBeLessThanOrEqual(limit)
    seen.push(...items.map(({ pointId }) => pointId ?? ''))
    if (next === null) return seen
    cursor = next
  }
}

describe('what a policy keeps, part by part', () => {
  const all = pagesOf(500)

  it('is all of it once, the newest first, however large the parts are', () => {
    expect(all).toEqual(NEWEST_FIRST)
    for (const limit of [1, 2, 3, 7, 500]) expect(pagesOf(limit)).toEqual(all)
  })

  it('goes on with what is older where the last point of a part is gone, and leaves out no other', () => {
    for (let gone = 0; gone < 7; gone += 1) {
      const left = points.filter(({ id }) => id !== all[gone])
      // It goes after the first part was read.
      const seen = pagesOf(gone + 1, (number) => (number === 0 ? points : left))
      expect(seen).toEqual(all)
    }
  })

  it('is empty where there is no point, and refuses a cursor of another list', () => {
    expect(page([], { limit: 10 })).toEqual({ items: [], next: null, total: 0, kept: 0 })
    const cursor = Buffer.from('"x"').toString('base64url')
    expect(() => page(points, { limit: 10, cursor })).toThrow('The cursor is not one of this list.')
  })
})
