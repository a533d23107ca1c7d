import * as fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'

import { createCalendar } from '../../../../../core/policy/retention/calendar.ts'
import { type Day, lastDay, periodOf } from '../../../../../core/policy/retention/day.ts'

const temporal = (day: Day): Temporal.PlainDate => Temporal.PlainDate.from('1970-01-01').add({ days: day })
const dayOfTemporal = (date: Temporal.PlainDate): Day =>
  Temporal.PlainDate.from('1970-01-01').until(date, { largestUnit: 'days' }).days

const leapDay = fc
  .integer({ min: 0, max: 24 })
  .map((era) => dayOfTemporal(Temporal.PlainDate.from({ year: era * 400, month: 2, day: 29 })))
/** From the year 0 to 9999; each 400th year has a leap day though each 100th has none. */
const anyDay = fc.oneof(
  { arbitrary: fc.integer({ min: -719_528, max: 2_932_896 }), weight: 9 },
  { arbitrary: leapDay, weight: 1 },
)

describe('a day of the calendar (RET-8)', () => {
  it('has the week, month and year that Temporal gives it', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const date = temporal(day)
        expect(periodOf(day, 'week')).toBe(`${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`)
        expect(periodOf(day, 'month')).toBe(date.toPlainYearMonth().toString())
        expect(periodOf(day, 'year')).toBe(String(date.year))
      }),
      { numRuns: 2000 },
    )
  })

  it('RET-17: is so many days, weeks, months or years before the one that Temporal gives', () => {
    const anyLength = fc.oneof(
      fc.record({ days: fc.integer({ min: 0, max: 365_243 }) }),
      fc.record({ weeks: fc.integer({ min: 0, max: 52_178 }) }),
      fc.record({ months: fc.integer({ min: 0, max: 12_000 }) }),
      fc.record({ years: fc.integer({ min: 0, max: 1000 }) }),
    )
    fc.assert(
      fc.property(anyDay, anyLength, (day, length) => {
        expect(lastDay(day, length)).toBe(dayOfTemporal(temporal(day).add(length, { overflow: 'constrain' })))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('days where they are', () => {
  // Those whose clocks were changed oddly: by half an hour, by two hours, for a week, for Ramadan, at midnight, by a day.
  const anyZone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Antarctica/Troll',
    'America/Recife',
    'Asia/Gaza',
    'Africa/Casablanca',
    'Africa/Cairo',
    'America/Sao_Paulo',
    'Asia/Beirut',
    'Pacific/Apia',
    'Pacific/Kwajalein',
    'America/Caracas',
    'Asia/Pyongyang',
    'Asia/Kolkata',
    'UTC',
    '+05:45',
    '-11:30',
  )
  const anyMoment = fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2060, 0, 1) })
  /** Most moments are far from any change: half of those that are asked for are close to one. */
  const momentNearChange = fc
    .record({ zone: anyZone, moment: anyMoment, beside: fc.integer({ min: -3 * 86_400_000, max: 3 * 86_400_000 }) })
    .map(({ zone, moment, beside }) => {
      const at = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone)
      const change = at.getTimeZoneTransition('next')
      return { zone, moment: (change?.epochMilliseconds ?? moment) + beside }
    })
  const anywhere = fc.oneof(fc.record({ zone: anyZone, moment: anyMoment }), momentNearChange)

  it('RET-2: are those of Temporal, and end when those do', () => {
    // One calendar for all: what it remembers of one zone and moment is right for no other.
    const calendar = createCalendar()
    fc.assert(
      fc.property(anywhere, ({ zone, moment }) => {
        const date = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone).toPlainDate()
        const day = calendar.dayOf(moment, zone)
        expect([day, zone, moment]).toEqual([dayOfTemporal(date), zone, moment])
        for (const later of [0, 1, 30]) {
          const end = temporal(day + later + 1).toZonedDateTime(zone).epochMilliseconds
          expect([calendar.endOf(day + later, zone), zone, moment]).toEqual([end, zone, moment])
        }
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['America/Recife', '2000-09-15'],
    ['Asia/Gaza', '2040-10-01'],
    ['Asia/Gaza', '2054-03-15'],
    ['Africa/Casablanca', '2026-02-01'],
  ])('are so, too, where a change is undone within weeks: %s', (zone, from) => {
    const calendar = createCalendar()
    const start = Date.parse(from)
    for (let hour = 0; hour < 60 * 24; hour++) {
      const moment = start + hour * 3_600_000
      const date = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone).toPlainDate()
      expect([calendar.dayOf(moment, zone), hour]).toEqual([dayOfTemporal(date), hour])
    }
  })
})
