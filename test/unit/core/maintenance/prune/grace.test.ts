import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { dueOf, isToBeNoted, MOST_GRACE, renewNote } from '../../../../../core/maintenance/prune/grace.ts'
import { newWaitNote, type WaitNote } from '../../../../../core/repository/index.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY
const NONE = Number.NaN

function noted(change: Partial<WaitNote> = {}): WaitNote {
  return { ...newWaitNote(NOW, 48 * HOUR), ...change }
}

describe('the grace that is noted of a pack', () => {
  it('is kept by a prune without one, made longer by a longer one, and never shorter', () => {
    const later = NOW + HOUR
    for (const asked of [undefined, HOUR, 48 * HOUR]) {
      expect(dueOf(noted(), asked, later)).toBe(NOW + 48 * HOUR)
      expect(isToBeNoted(noted(), asked, later)).toBe(false)
    }
    expect(renewNote(noted(), 72 * HOUR, later)).toEqual(noted({ grace: 72 * HOUR }))
    expect(isToBeNoted(noted(), 72 * HOUR, later)).toBe(true)
  })

  it('is ended by one of 0', () => {
    expect(dueOf(noted(), 0, NOW + HOUR)).toBe(NOW + HOUR)
  })

  it('is that of the prune, or a week, where none was noted', () => {
    const old = noted({ grace: NONE })
    expect(dueOf(old, undefined, NOW + HOUR)).toBe(NOW + 7 * DAY)
    expect(dueOf(old, HOUR, NOW + HOUR)).toBe(NOW + HOUR)
    expect(dueOf(old, 30 * DAY, NOW + HOUR)).toBe(NOW + 30 * DAY)
    // From then on it is noted.
    expect(renewNote(old, undefined, NOW + HOUR)).toEqual(noted({ grace: 7 * DAY }))
  })

  it.each([
    ['negative', -HOUR, 7 * DAY],
    ['without end', Number.POSITIVE_INFINITY, MOST_GRACE],
    ['of a thousand years', 1000 * YEAR, MOST_GRACE],
  ])('counts for something sensible where it is %s', (_, grace, counts) => {
    expect(renewNote(noted({ grace }), undefined, NOW)).toEqual(noted({ grace: counts }))
  })

  it('counts from now on where nobody knows since when', () => {
    expect(renewNote(noted({ since: NONE }), undefined, NOW + HOUR)).toEqual(noted({ since: NOW + HOUR }))
  })

  it('counts from the prune that found it in the future, as the clock was wrong then', () => {
    const ahead = noted({ since: NOW + 10 * YEAR })
    const found = renewNote(ahead, undefined, NOW)
    expect(dueOf(ahead, undefined, NOW)).toBe(NOW + 48 * HOUR)
    expect(dueOf(found, undefined, NOW + HOUR)).toBe(NOW + 48 * HOUR)
    expect(isToBeNoted(found, undefined, NOW + HOUR)).toBe(false)
  })

  it('is not cut short where the clock is wrong now, and right again later', () => {
    const found = renewNote(noted(), undefined, NOW - 40 * YEAR)
    expect(dueOf(found, undefined, NOW + HOUR)).toBe(NOW + 48 * HOUR)
  })

  it('is not cut short where the clock had stopped in another age when it was found, and is right now', () => {
    const found = renewNote(noted({ since: NOW + YEAR }), undefined, 0)
    expect(dueOf(renewNote(found, undefined, NOW), undefined, NOW)).toBe(NOW + 48 * HOUR)
  })

  it('begins anew where even the time from which it counts is still to come', () => {
    const ahead = noted({ since: NOW + 10 * YEAR, countedFrom: NOW + 5 * YEAR })
    expect(dueOf(ahead, undefined, NOW)).toBe(NOW + 48 * HOUR)
  })

  it('is over within a year of the first prune that sees it, whatever was noted, and never before it was promised', () => {
    const time = fc.oneof(
      fc.constant(NONE),
      fc.integer({ min: -62e12, max: 253e12 }),
      fc.integer({ min: NOW - 9 * DAY, max: NOW + 9 * DAY }),
    )
    const grace = fc.oneof(fc.double(), fc.integer({ min: 0, max: 9 * DAY }))
    const asked = fc.option(fc.integer({ min: 1, max: MOST_GRACE }), { nil: undefined })
    fc.assert(
      fc.property(time, grace, time, asked, (since, promised, countedFrom, own) => {
        const due = dueOf(renewNote({ since, grace: promised, countedFrom }, own, NOW), undefined, NOW + 1)
        expect(due).toBeLessThanOrEqual(NOW + MOST_GRACE)
        if (since <= NOW && promised >= 0) expect(due).toBeGreaterThanOrEqual(since + Math.min(promised, MOST_GRACE))
      }),
    )
  })
})
