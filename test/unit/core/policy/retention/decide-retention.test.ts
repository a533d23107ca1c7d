import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { decideRetention, type RetentionPoint, type RetentionRules } from '../../../../../core/policy/index.ts'

const DAY = 86_400_000
const START = Date.parse('2026-01-01T00:00:00Z')

const rules: fc.Arbitrary<RetentionRules> = fc.record({
  days: fc.integer({ min: 1, max: 40 }),
  weeks: fc.integer({ min: 0, max: 10 }),
  months: fc.integer({ min: 0, max: 10 }),
  years: fc.integer({ min: 0, max: 3 }),
})

/** Points of two years and more, in the order of their times, no two at the same. */
const points: fc.Arbitrary<RetentionPoint[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 800 * 24 }), { maxLength: 80 })
  .chain((hours) =>
    fc.tuple(
      ...hours
        .toSorted((a, b) => a - b)
        .map((hour, number) =>
          fc.record({
            id: fc.constant(String(number)),
            kind: fc.constantFrom('full' as const, 'full' as const, 'differential' as const, 'log' as const),
            completed: fc.constant(START + hour * 3_600_000),
            timeZone: fc.constantFrom('Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland', '+05:45'),
            isComplete: fc.boolean(),
          }),
        ),
    ),
  )
const moment = fc.integer({ min: 0, max: 1200 }).map((day) => START + day * DAY)

const keptOf = (all: readonly RetentionPoint[], by: RetentionRules, now: number): RetentionPoint[] =>
  decideRetention(all, by, now).flatMap(({ isKept, point }) => (isKept ? [point] : []))

it('keeps the same points whether others were removed every day or never', () => {
  fc.assert(
    fc.property(points, rules, moment, (all, by, now) => {
      let left: RetentionPoint[] = []
      let next = 0
      for (let day = START; day <= now; day += DAY) {
        for (; (all[next]?.completed ?? Number.POSITIVE_INFINITY) <= day; next++) left.push(all[next] as RetentionPoint)
        left = keptOf(left, by, day)
      }
      expect(left).toEqual(
        keptOf(
          all.filter(({ completed }) => completed <= now),
          by,
          now,
        ),
      )
    }),
    { numRuns: 60 },
  )
})

it('keeps whatever a kept point cannot be restored without', () => {
  fc.assert(
    fc.property(points, rules, moment, (all, by, now) => {
      const kept = new Set(keptOf(all, by, now))
      for (const [at, point] of all.entries()) {
        if (!kept.has(point) || point.kind === 'full') continue
        const earlier = all.slice(0, at).toReversed()
        const base = earlier.findIndex(
          ({ kind }) => kind === 'full' || (point.kind === 'log' && kind === 'differential'),
        )
        if (base < 0) continue
        expect(kept).toContain(earlier[base])
        if (point.kind === 'log') for (const between of earlier.slice(0, base)) expect(kept).toContain(between)
      }
    }),
  )
})

it('never removes the newest complete point, nor the last one (RET-20, RET-9)', () => {
  fc.assert(
    fc.property(points, rules, moment, (all, by, now) => {
      const past = all.filter(({ completed }) => completed <= now)
      const newest = past.findLast(({ isComplete }) => isComplete) ?? past.at(-1)
      if (newest) expect(keptOf(all, by, now)).toContain(newest)
    }),
  )
})

it('a point is kept exactly until the moment that is told', () => {
  fc.assert(
    fc.property(points, rules, moment, (all, by, now) => {
      for (const { point, isKept, until, reasons } of decideRetention(all, by, now)) {
        expect(isKept).toBe(until > now)
        expect(until).toBe(Math.max(...reasons.map((reason) => reason.until)))
        expect(until).toBeGreaterThan(point.completed)
      }
    }),
  )
})

it('names the point that another one is kept for, and as long', () => {
  fc.assert(
    fc.property(points, rules, moment, (all, by, now) => {
      const decisions = new Map(decideRetention(all, by, now).map((decision) => [decision.point.id, decision]))
      for (const { reasons } of decisions.values()) {
        for (const reason of reasons)
          if (reason.rule === 'needed') expect(decisions.get(reason.by)?.until).toBe(reason.until)
      }
    }),
  )
})

it('RET-17: has one point for each week, whatever zone the appliance was moved to meanwhile', () => {
  // Sunday half past eleven in Berlin is Monday in Auckland, where the appliance is moved to on that Monday.
  const sunday = made('2026-03-01T23:30:00+01:00', 'Europe/Berlin')
  const all = [
    made('2026-02-25T12:00:00+01:00', 'Europe/Berlin'),
    sunday,
    made('2026-03-04T12:00:00+13:00', 'Pacific/Auckland'),
    made('2026-03-20T12:00:00+13:00', 'Pacific/Auckland'),
  ]
  const kept = keptOf(all, { days: 1, weeks: 8, months: 0, years: 0 }, Date.parse('2026-03-21T00:00:00+13:00'))
  expect(kept).toEqual(all.slice(1))
})

it('RET-17: has exactly one point for each week, month and year of any zone, through every change of clocks', () => {
  const by: RetentionRules = { days: 1, weeks: 2000, months: 500, years: 40 }
  fc.assert(
    fc.property(points, (all) => {
      const now = START + 1200 * DAY
      const fulls = all.filter(({ kind }) => kind !== 'log')
      const wanted = { weekly: new Set<string>(), monthly: new Set<string>(), yearly: new Set<string>() }
      for (const { completed, timeZone } of fulls) {
        // By another calendar than the one under test.
        const [year = '', month = '', day = ''] = new Intl.DateTimeFormat('sv-SE', { timeZone })
          .format(completed)
          .split('-')
        const noon = Date.UTC(Number(year), Number(month) - 1, Number(day), 12)
        wanted.weekly.add(new Date(noon + ((7 - new Date(noon).getUTCDay()) % 7) * DAY).toISOString().slice(0, 10))
        wanted.monthly.add(`${year}-${month}`)
        wanted.yearly.add(year)
      }
      const found = { weekly: 0, monthly: 0, yearly: 0 }
      for (const { reasons } of decideRetention(all, by, now))
        for (const { rule } of reasons) if (rule in found) found[rule as keyof typeof found]++
      expect(found).toEqual({
        weekly: wanted.weekly.size,
        monthly: wanted.monthly.size,
        yearly: wanted.yearly.size,
      })
    }),
  )
})

function made(time: string, timeZone: string): RetentionPoint {
  return { id: time, kind: 'full', completed: Date.parse(time), timeZone, isComplete: true }
}
