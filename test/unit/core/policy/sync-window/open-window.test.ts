import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  nextSyncLook,
  nextSyncWindow,
  openSyncWindow,
  syncOverlaps,
  type SyncWindow,
} from '../../../../../core/policy/index.ts'
import { offsetsOf, slowTimes } from '../schedule/slow-oracle.ts'
import { anySchedule } from './any-schedule.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const BERLIN = 'Europe/Berlin'
const NEW_YORK = 'America/New_York'

const daily = (start: string, minutes: number): SyncWindow[] => [
  { weekdays: EVERY_DAY, start, minutes, bytesPerSecond: 1_000_000 },
]
const iso = (moment: number): string => new Date(moment).toISOString().replace('.000Z', 'Z')
const told = (span: { readonly start: number; readonly end: number } | undefined): string[] | undefined =>
  span && [iso(span.start), iso(span.end)]

describe('CC-6: a window of the appliance’s time zone', () => {
  const nineAndFour = daily('09:00', 240)
  it.each([
    ['a millisecond before it begins', '2026-11-23T07:59:59.999Z', undefined],
    ['as it begins', '2026-11-23T08:00:00Z', ['2026-11-23T08:00:00Z', '2026-11-23T12:00:00Z']],
    ['a millisecond before it ends', '2026-11-23T11:59:59.999Z', ['2026-11-23T08:00:00Z', '2026-11-23T12:00:00Z']],
    ['as it ends', '2026-11-23T12:00:00Z', undefined],
  ])('is open from 09:00 to 13:00: %s', (_, now, span) => {
    expect(told(openSyncWindow(nineAndFour, BERLIN, Date.parse(now)))).toEqual(span)
  })

  const WEEKLY: SyncWindow[] = [
    { weekdays: [1, 2, 3, 4, 5], start: '22:00', minutes: 480, bytesPerSecond: 1_000_000 },
    { weekdays: [6, 7], start: '08:00', minutes: 1080, bytesPerSecond: 9_000_000 },
  ]
  it.each([
    ['Friday’s night goes on into Saturday', '2026-11-28T02:00:00Z', '2026-11-27T22:00:00Z', 1_000_000],
    ['Saturday has the weekend’s', '2026-11-28T09:00:00Z', '2026-11-28T08:00:00Z', 9_000_000],
    ['Sunday’s goes on into Monday', '2026-11-30T01:59:59Z', '2026-11-29T08:00:00Z', 9_000_000],
    ['Monday has the workdays’ again', '2026-11-30T23:00:00Z', '2026-11-30T22:00:00Z', 1_000_000],
  ])('may be another one at the weekend: %s', (_, now, start, bytesPerSecond) => {
    const span = openSyncWindow(WEEKLY, 'UTC', Date.parse(now))
    expect([span && iso(span.start), span?.window.bytesPerSecond]).toEqual([start, bytesPerSecond])
  })

  it('comes next, though another one is open', () => {
    for (const [now, start] of [
      ['2026-11-27T21:59:59Z', '2026-11-27T22:00:00Z'],
      ['2026-11-27T22:00:00Z', '2026-11-28T08:00:00Z'],
      ['2026-11-30T00:00:00Z', '2026-11-30T22:00:00Z'],
    ] as const)
      expect(told(nextSyncWindow(WEEKLY, 'UTC', Date.parse(now)))?.[0]).toBe(start)
  })

  it('comes a week later where it is of one weekday, and never where there is none', () => {
    const fridays = [{ weekdays: [5], start: '22:00', minutes: 60, bytesPerSecond: 1_000_000 }]
    expect(told(nextSyncWindow(fridays, BERLIN, Date.parse('2026-10-23T20:00:00Z')))?.[0]).toBe('2026-10-30T21:00:00Z')
    expect(nextSyncWindow([], BERLIN, 0)).toBeUndefined()
    expect(openSyncWindow([], BERLIN, 0)).toBeUndefined()
  })
})

describe('CC-6: where clocks are changed a window', () => {
  it.each([
    // Clocks go from 02:00 to 03:00 and from 03:00 back to 02:00.
    ['lasts four hours, forward', BERLIN, '01:00', '2026-03-29T00:00:00Z', '2026-03-29T04:00:00Z'],
    ['begins behind the gap', BERLIN, '02:30', '2026-03-29T01:00:00Z', '2026-03-29T05:00:00Z'],
    ['begins as the gap ends', BERLIN, '03:00', '2026-03-29T01:00:00Z', '2026-03-29T05:00:00Z'],
    ['of the night before lasts four hours, forward', BERLIN, '23:00', '2026-03-28T22:00:00Z', '2026-03-29T02:00:00Z'],
    ['lasts four hours, back', BERLIN, '01:00', '2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z'],
    ['begins the first time that the clock shows it', BERLIN, '02:30', '2026-10-25T00:30:00Z', '2026-10-25T04:30:00Z'],
    ['begins behind the hour that comes twice', BERLIN, '03:00', '2026-10-25T02:00:00Z', '2026-10-25T06:00:00Z'],
    // From 02:00 to 03:00 and from 02:00 back to 01:00.
    ['lasts four hours, forward', NEW_YORK, '01:00', '2026-03-08T06:00:00Z', '2026-03-08T10:00:00Z'],
    ['begins behind the gap', NEW_YORK, '02:30', '2026-03-08T07:00:00Z', '2026-03-08T11:00:00Z'],
    ['lasts four hours, back', NEW_YORK, '00:30', '2026-11-01T04:30:00Z', '2026-11-01T08:30:00Z'],
    [
      'begins the first time that the clock shows it',
      NEW_YORK,
      '01:30',
      '2026-11-01T05:30:00Z',
      '2026-11-01T09:30:00Z',
    ],
    ['begins behind the hour that comes twice', NEW_YORK, '02:00', '2026-11-01T07:00:00Z', '2026-11-01T11:00:00Z'],
  ])('%s: %s, %s', (_, timeZone, start, from, to) => {
    const schedule = daily(start, 240)
    const begin = Date.parse(from)
    expect(told(openSyncWindow(schedule, timeZone, begin))).toEqual([from, to])
    expect(told(openSyncWindow(schedule, timeZone, Date.parse(to) - 1))).toEqual([from, to])
    expect(openSyncWindow(schedule, timeZone, begin - 1)).toBeUndefined()
    expect(openSyncWindow(schedule, timeZone, Date.parse(to))).toBeUndefined()
    expect(told(nextSyncWindow(schedule, timeZone, begin - 1))).toEqual([from, to])
  })

  it('gives way to the one that begins by the clock before it is over', () => {
    const nights = { weekdays: EVERY_DAY, start: '22:00', minutes: 480, bytesPerSecond: 9_000_000 }
    const days = { weekdays: EVERY_DAY, start: '06:00', minutes: 960, bytesPerSecond: 1_000_000 }
    // Eight hours from 22:00 on would last to 07:00.
    const sixOClock = Date.parse('2026-03-29T04:00:00Z')
    const night = ['2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z']
    expect(told(openSyncWindow([nights, days], BERLIN, Date.parse('2026-03-28T21:00:00Z')))).toEqual(night)
    expect(told(openSyncWindow([nights, days], BERLIN, sixOClock - 1))).toEqual(night)
    expect(openSyncWindow([nights, days], BERLIN, sixOClock)?.window).toBe(days)
  })

  it('is not there where the clock jumps over it to where the next one begins', () => {
    const first = { weekdays: [7], start: '02:00', minutes: 30, bytesPerSecond: 9_000_000 }
    const second = { weekdays: [7], start: '02:30', minutes: 60, bytesPerSecond: 1_000_000 }
    const gap = Date.parse('2026-03-29T01:00:00Z')
    expect(openSyncWindow([first, second], BERLIN, gap)).toEqual({ window: second, start: gap, end: gap + HOUR })
    expect(nextSyncWindow([first, second], BERLIN, gap - DAY)?.window).toBe(second)
  })

  it('that lasts a day is open on, though the next day is one that the place left out', () => {
    const thursdays = [{ weekdays: [4], start: '12:00', minutes: 1440, bytesPerSecond: 1_000_000 }]
    // Samoa had no Friday that week.
    expect(told(openSyncWindow(thursdays, 'Pacific/Apia', Date.parse('2011-12-30T21:00:00Z')))).toEqual([
      '2011-12-29T22:00:00Z',
      '2011-12-30T22:00:00Z',
    ])
  })
})

it('CC-6: windows are open when a clock on the wall says so, which somebody looks at each minute', () => {
  const anyWeek = fc.constantFrom(
    ...[BERLIN, NEW_YORK].flatMap((zone) =>
      ['2026-03-08', '2026-03-29', '2026-07-01', '2026-10-25', '2026-11-01'].map((day) => [zone, day] as const),
    ),
  )
  const separate = anySchedule.filter((windows) => syncOverlaps(windows).length === 0)
  fc.assert(
    fc.property(separate, anyWeek, fc.integer({ min: -4320, max: 4320 }), (windows, [zone, day], minute) => {
      const now = Date.parse(day) + minute * MINUTE
      const offsetAt = offsetsOf(zone)
      const spans = windows
        .flatMap((window) => {
          const { weekdays, start, minutes } = window
          const rule = { type: 'times', days: { type: 'week', weekdays }, times: [start] } as const
          return slowTimes(offsetAt, [rule], now - 3 * DAY, now + 9 * DAY).map((begin) => {
            return { window, start: begin, end: begin + minutes * MINUTE }
          })
        })
        .toSorted((a, b) => a.start - b.start || (a.window.start < b.window.start ? -1 : 1))
      const cut = spans
        .map(({ window, start, end }, at) => ({ window, start, end: Math.min(end, spans[at + 1]?.start ?? end) }))
        .filter(({ start, end }) => start < end)
      expect(openSyncWindow(windows, zone, now)).toEqual(cut.find(({ start, end }) => start <= now && now < end))
      expect(nextSyncWindow(windows, zone, now)).toEqual(cut.find(({ start }) => start > now))
    }),
    { numRuns: 60 },
  )
})

describe('CC-7: a sync that is done within its window', () => {
  const span = openSyncWindow(daily('09:00', 240), BERLIN, Date.parse('2026-11-23T08:00:00Z'))
  it.each([
    ['2026-11-23T09:00:00Z', '2026-11-23T09:10:00Z'],
    ['2026-11-23T11:49:59Z', '2026-11-23T11:59:59Z'],
    ['2026-11-23T11:50:00Z', undefined],
    ['2026-11-23T12:00:00Z', undefined],
  ])('looks again ten minutes later, until it closes at 13:00: %s', (doneAt, look) => {
    const next = span && nextSyncLook(span, Date.parse(doneAt))
    expect(next && iso(next)).toBe(look)
  })
})
