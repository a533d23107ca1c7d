import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  dueRuns,
  newestTimes,
  nextTimes,
  type ScheduleDays,
  type ScheduleRule,
  timesBetween,
} from '../../../../../core/policy/index.ts'
import { offsetsOf, slowTimes } from './slow-oracle.ts'

const DAY = 86_400_000
const DAILY: ScheduleDays = { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }

/** Zones whose clocks are changed in ways of their own, and a year in which they are. */
const YEARS: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2026-01-01'],
  ['Australia/Lord_Howe', '2026-01-01'],
  ['Pacific/Apia', '2011-07-01'],
  ['Pacific/Kiritimati', '2028-01-01'],
  ['America/Sao_Paulo', '2018-01-01'],
  ['America/St_Johns', '2006-01-01'],
]

const RULES: readonly ScheduleRule[] = [
  { type: 'times', days: DAILY, times: ['00:00', '00:01', '01:45', '02:15', '02:30', '23:30'] },
  { type: 'times', days: { type: 'month', days: [1, 29, 30, 31, -1] }, times: ['02:00', '10:00'] },
  { type: 'interval', days: DAILY, everyMinutes: 15, from: '00:00', until: '00:00' },
  { type: 'interval', days: { type: 'week', weekdays: [5, 6, 7] }, everyMinutes: 40, from: '22:10', until: '04:10' },
  { type: 'interval', days: { type: 'month', days: [31] }, everyMinutes: 120, from: '00:00', until: '23:00' },
]

describe('RET-17: a year of runs is that of somebody who looks at the clock on the wall once a minute', () => {
  it.each(YEARS)('%s from %s', (timeZone, begin) => {
    const from = Date.parse(begin)
    const offsetAt = offsetsOf(timeZone)
    for (const rule of RULES) {
      const times = timesBetween({ timeZone, rules: [rule] }, from - 1, from + 366 * DAY - 1, { most: 1_000_000 })
      expect(times).toEqual(slowTimes(offsetAt, [rule], from, from + 366 * DAY))
    }
  })
})

const zone = fc.constantFrom(
  ...YEARS.map(([timeZone]) => timeZone),
  'UTC',
  '-03:30',
  'Africa/Casablanca',
  'Asia/Tehran',
)
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 29, 30, 45, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
const days: fc.Arbitrary<ScheduleDays> = fc.oneof(
  fc.record({
    type: fc.constant('week' as const),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  }),
  fc.record({
    type: fc.constant('month' as const),
    days: fc.uniqueArray(fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 31 })), { minLength: 1 }),
  }),
)
const rule: fc.Arbitrary<ScheduleRule> = fc.oneof(
  fc.record({ type: fc.constant('times' as const), days, times: fc.array(time, { minLength: 1, maxLength: 4 }) }),
  fc
    .record({
      type: fc.constant('interval' as const),
      days,
      everyMinutes: fc.integer({ min: 5, max: 1440 }),
      from: time,
      until: time,
    })
    .filter(({ from, until }) => from !== until || until === '00:00'),
)
const rules = fc.array(rule, { minLength: 1, maxLength: 4 })

/** Moments within an hour or a day of a change of clocks, and any others. */
const CHANGES = [
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2011-12-30T10:00Z',
  '2018-02-18T02:00Z',
  '2018-11-04T03:00Z',
  '2006-10-29T02:31Z',
].map((text) => Date.parse(text))
const moment = fc.oneof(
  fc
    .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -1500, max: 1500 }))
    .map(([change, minutes]) => change + minutes * 60_000),
  fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') }),
)

describe('whatever the rules', () => {
  it('times strictly increase, are later than asked, and no two runs are at one moment', () => {
    fc.assert(
      fc.property(zone, rules, moment, (timeZone, all, after) => {
        const times = nextTimes({ timeZone, rules: all }, after, 20)
        expect(times).toHaveLength(20)
        let last = after
        for (const each of times) {
          expect(each).toBeGreaterThan(last)
          last = each
        }
      }),
    )
  })

  it('asked for one after the other they are the same, and so are those between two moments', () => {
    fc.assert(
      fc.property(zone, rules, moment, (timeZone, all, after) => {
        const schedule = { timeZone, rules: all }
        const times = nextTimes(schedule, after, 8)
        const singly: number[] = []
        for (let last = after; singly.length < 8; last = singly.at(-1) ?? last)
          singly.push(...nextTimes(schedule, last, 1))
        expect(singly).toEqual(times)
        expect(timesBetween(schedule, after, times.at(-1) ?? after, { most: 100 })).toEqual(times)
        expect(timesBetween(schedule, after, (times.at(-1) ?? after) - 1, { most: 100 })).toEqual(times.slice(0, -1))
      }),
    )
  })

  it('what is due is the last of those since somebody looked', () => {
    fc.assert(
      fc.property(zone, rules, moment, fc.integer({ min: 1, max: 3000 }), (timeZone, all, lastLooked, minutes) => {
        const schedule = { timeZone, rules: all, missed: 'run-soon', expireAfterMinutes: 10_080 } as const
        const now = lastLooked + minutes * 60_000
        const times = timesBetween(schedule, lastLooked, now, { most: 10_000 })
        expect(dueRuns(schedule, { lastLooked, now }).due?.scheduledFor).toBe(times.at(-1))
      }),
    )
  })

  it('the newest are the end of all of them, however few are asked for', () => {
    fc.assert(
      fc.property(
        zone,
        rules,
        moment,
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 0, max: 300 }),
        (timeZone, all, after, minutes, count) => {
          const schedule = { timeZone, rules: all }
          const until = after + minutes * 60_000
          const times = timesBetween(schedule, after, until, { most: 10_000 })
          expect(newestTimes(schedule, after, until, count)).toEqual(count === 0 ? [] : times.slice(-count))
        },
      ),
    )
  })

  it('the newest may be of the evening before, though the day has one of its own', () => {
    const all: ScheduleRule[] = [
      { type: 'interval', days: { type: 'week', weekdays: [5] }, everyMinutes: 60, from: '22:00', until: '04:00' },
      { type: 'times', days: { type: 'week', weekdays: [6] }, times: ['01:30'] },
    ]
    const saturday = Date.parse('2026-11-21')
    const hours = (hour: number): number => saturday + hour * 3_600_000
    const newest = (count: number): number[] =>
      newestTimes({ timeZone: 'UTC', rules: all }, hours(-48), hours(12), count)
    expect(newest(1)).toEqual([hours(4)])
    expect(newest(4)).toEqual([hours(1.5), hours(2), hours(3), hours(4)])
  })

  it('they are those of somebody who looks once a minute, for three days', () => {
    fc.assert(
      fc.property(zone, rules, moment, (timeZone, all, about) => {
        const from = Math.floor(about / 60_000) * 60_000 - DAY
        const times = timesBetween({ timeZone, rules: all }, from - 1, from + 3 * DAY - 1, { most: 10_000 })
        expect(times).toEqual(slowTimes(offsetsOf(timeZone), all, from, from + 3 * DAY))
      }),
    )
  })
})
