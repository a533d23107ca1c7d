import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  applyKeepRules,
  decideRetention,
  type KeptPoint,
  parseRetentionRules,
  parseSpan,
  type RetentionPoint,
} from '../../../../core/policy/index.ts'

const MILLISECONDS = 1_000_000n

/** Any date that a snapshot can have, those at both ends most of all. */
const moment = fc.oneof(
  fc
    .constantFrom('0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z')
    .map((text) => Date.parse(text)),
  fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') }),
)
const offset = fc.oneof(fc.constantFrom(-1439, 0, 1439), fc.integer({ min: -1439, max: 1439 }))

/** A number up to the largest, that one most of all. */
function upTo(most: number, least = 0): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(most), fc.integer({ min: least, max: most }))
}

describe('whatever is accepted works with whatever date a snapshot can have', () => {
  it('as rules of retention', () => {
    const rules = fc.record({ days: upTo(365_243, 1), weeks: upTo(52_178), months: upTo(12_000), years: upTo(1_000) })
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Apia', '+23:59', '-23:59')
    const points = fc.array(fc.tuple(moment, zone), { minLength: 1, maxLength: 5 }).map((all) =>
      all.map(([completed, timeZone], number): RetentionPoint => {
        return { id: String(number), kind: 'full', completed, timeZone, isComplete: true }
      }),
    )
    fc.assert(
      fc.property(points, rules, moment, (all, by, now) => {
        const decisions = decideRetention(all, parseRetentionRules(by), now)
        expect(decisions).toHaveLength(all.length)
        for (const { point, reasons } of decisions) {
          for (const { until } of reasons) expect(until).toBeGreaterThan(point.completed)
        }
      }),
    )
  })

  it.each([
    ['days', 365_243],
    ['weeks', 52_178],
    ['months', 12_000],
    ['years', 1_000],
  ])('so that no more than so many %s are accepted: %i, a thousand years', (unit, most) => {
    const rules = { days: 1, weeks: 0, months: 0, years: 0 }
    expect(parseRetentionRules({ ...rules, [unit]: most })).toMatchObject({ [unit]: most })
    expect(() => parseRetentionRules({ ...rules, [unit]: most + 1 })).toThrow(
      expect.objectContaining({ code: 'input/invalid', remedy: expect.stringContaining(String(most)) as unknown }),
    )
  })

  it('as spans', () => {
    const number = upTo(999_999)
    const span = fc.tuple(number, number, number, number).map(([y, m, d, h]) => parseSpan(`${y}y${m}m${d}d${h}h`))
    const points = fc.array(
      fc.record({ made: moment.map((each) => BigInt(each) * MILLISECONDS), offset, tags: fc.constant([]) }),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(points, span, moment, (all, within, now) => {
        const rules = { within, periodsWithin: { hourly: within, weekly: within, monthly: within, yearly: within } }
        expect(applyKeepRules(all, rules, BigInt(now) * MILLISECONDS)).toHaveLength(all.length)
      }),
    )
  })

  it('and a span that is longer than all time keeps all', () => {
    const points = ['0001-01-01T00:00:00Z', '2026-11-20T00:00:00Z', '9999-12-31T23:59:59Z'].map((text): KeptPoint => {
      return { made: BigInt(Date.parse(text)) * MILLISECONDS, offset: 0, tags: [] }
    })
    const decisions = applyKeepRules(points, { within: parseSpan('999999y') }, points[1]?.made ?? 0n)
    expect(decisions.map(({ isKept }) => isKept)).toEqual([true, true, true])
  })
})
