import { describe, expect, it } from 'vitest'

import { count, defineCounters } from '../../../../core/base/index.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const
const COUNTERS = defineCounters(...NAMES)

describe('counters', () => {
  it('are nothing at first', () => {
    expect(COUNTERS.sum(COUNTERS.allocate(3))).toEqual(Object.fromEntries(NAMES.map((name) => [name, 0])))
  })

  it('are added up over all rows, of which no two share a cache line', () => {
    const shared = COUNTERS.allocate(3)
    const rows = [0, 1, 2].map((row) => COUNTERS.row(shared, row))
    for (const [number, row] of rows.entries()) {
      for (const [at, name] of NAMES.entries()) count(row, COUNTERS.at[name], 10 ** number * (at + 1))
    }
    expect(COUNTERS.sum(shared)).toEqual(Object.fromEntries(NAMES.map((name, at) => [name, 111 * (at + 1)])))
    for (const [number, row] of rows.entries()) expect(row.byteOffset).toBe(number * 128)
  })

  it('count by one where nothing else is said, and exactly far beyond 32 bits', () => {
    const shared = COUNTERS.allocate(1)
    const row = COUNTERS.row(shared, 0)
    count(row, COUNTERS.at.c, 2 ** 52)
    count(row, COUNTERS.at.c)
    expect(COUNTERS.sum(shared).c).toBe(2 ** 52 + 1)
  })
})
