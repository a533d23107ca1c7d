import { array, assert, integer, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { makeRowTops, type RowTops, scrollTo, speedOf, tallWindow } from '../../../../renderer/ui/row-tops.ts'

function rowsOf(heights: Iterable<number>): RowTops {
  const rows = makeRowTops()
  for (const height of heights) rows.add(height)
  return rows
}

function* million(): Generator<number> {
  for (let index = 0; index < 1_000_000; index += 1) yield index % 50 === 7 ? 88 : 48
}

describe('rows of different heights', () => {
  it('begin where those before them end', () => {
    const rows = rowsOf([48, 88, 48])
    expect([0, 1, 2, 3].map(rows.topOf)).toEqual([0, 48, 136, 184])
    expect(rows).toMatchObject({ count: 3, total: 184 })
  })

  it.each([
    [-5, 0],
    [0, 0],
    [47, 0],
    [48, 1],
    [135, 1],
    [136, 2],
    [9999, 2],
  ])('have the point %d in row %d', (y, row) => {
    expect(rowsOf([48, 88, 48]).rowAt(y)).toBe(row)
  })

  it('has no row where there is none', () => {
    expect(tallWindow(rowsOf([]), { top: 0, height: 600 })).toEqual({ from: 0, until: 0, above: 0, height: 0 })
  })
})

describe('what is in the page of a long list', () => {
  it('is everything that is seen, wherever one is', () => {
    const heights = array(integer({ min: 20, max: 400 }), { minLength: 1, maxLength: 300 })
    assert(
      property(heights, nat(100_000), integer({ min: 50, max: 900 }), (all, at, height) => {
        const rows = rowsOf(all)
        const top = Math.min(at, Math.max(0, rows.total - height))
        const { from, until, above } = tallWindow(rows, { top, height })
        expect(above).toBe(rows.topOf(from))
        expect(above).toBeLessThanOrEqual(top)
        expect(rows.topOf(until)).toBeGreaterThanOrEqual(Math.min(rows.total, top + height))
      }),
    )
  })

  it('is some fifty rows of a million, and no higher than a browser can draw', () => {
    const rows = rowsOf(million())
    const shown = tallWindow(rows, { top: 7_000_000, height: 600 })
    expect(rows.total).toBeGreaterThan(48_000_000)
    expect(shown.height).toBeLessThan(17_000_000)
    expect(shown.until - shown.from).toBeLessThan(50)
    expect(shown.from).toBeGreaterThan(400_000)
  })

  it('reaches the first and the last of a million', () => {
    const rows = rowsOf(million())
    const { height } = tallWindow(rows, { top: 0, height: 600 })
    expect(tallWindow(rows, { top: 0, height: 600 }).from).toBe(0)
    const end = tallWindow(rows, { top: height - 600, height: 600 })
    expect(end.until).toBe(1_000_000)
    // The last row ends where what is scrolled through ends: it is neither cut off nor is there a gap below it.
    expect(end.above + (rows.total - rows.topOf(end.from))).toBeCloseTo(height, 3)
  })

  it('scrolls to where it was told, however fast rows pass by', () => {
    const rows = rowsOf(million())
    const y = rows.topOf(612_345)
    const top = scrollTo(rows, y, 600)
    expect(top * speedOf(rows, 600)).toBeCloseTo(y, 3)
    const { from, until, above } = tallWindow(rows, { top, height: 600 })
    expect(from).toBeLessThanOrEqual(612_345)
    expect(until).toBeGreaterThan(612_345)
    expect(above + (y - rows.topOf(from))).toBeCloseTo(top, 3)
  })
})
