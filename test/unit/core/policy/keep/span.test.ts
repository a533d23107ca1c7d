import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'

import { before, formatSpan, isEmptySpan, parseSpan } from '../../../../../core/policy/keep/span.ts'

const SPAN = { years: 0, months: 0, days: 0, hours: 0 }

describe('a length of time as restic writes it', () => {
  it.each([
    ['2y5m7d3h', { years: 2, months: 5, days: 7, hours: 3 }],
    ['3h', { ...SPAN, hours: 3 }],
    [' 40d ', { ...SPAN, days: 40 }],
    ['0d', SPAN],
  ])('%j is read', (text, span) => expect(parseSpan(text)).toEqual(span))

  it.each(['', '3', 'd', '3x', '-3d', '3d 4h', '1e9d', '12345678d', '3D'])('%j is refused', (text) =>
    expect(() => parseSpan(text)).toThrow(expect.objectContaining({ code: 'input/invalid' })),
  )

  it('is written without what it has none of', () => {
    expect(formatSpan({ years: 1, months: 0, days: 3, hours: 0 })).toBe('1y3d')
    expect(isEmptySpan(parseSpan('0y0h'))).toBe(true)
  })
})

describe('the moment so long before another', () => {
  it.each([
    // Go, and so restic, counts on into the next month where a day is missing.
    ['2026-03-30T12:00:00+00:00[UTC]', '1m', '2026-03-02T12:00:00Z'],
    ['2024-03-30T12:00:00+00:00[UTC]', '1m', '2024-03-01T12:00:00Z'],
    ['2024-02-29T12:00:00+00:00[UTC]', '1y', '2023-03-01T12:00:00Z'],
    ['2026-03-30T12:00:00+00:00[UTC]', '1y1m1d1h', '2025-03-01T11:00:00Z'],
    ['2026-01-01T00:30:00+05:30[+05:30]', '1d', '2025-12-30T19:00:00Z'],
  ])('%s less %s is %s', (moment, span, expected) =>
    expect(before(Temporal.ZonedDateTime.from(moment), parseSpan(span))).toBe(
      Temporal.Instant.from(expected).epochNanoseconds,
    ),
  )
})
