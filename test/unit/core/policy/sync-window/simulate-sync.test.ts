import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  type Change,
  nextSyncWindow,
  offSiteAt,
  openSyncWindow,
  simulateSync,
  syncOverlaps,
  type SyncQuestion,
  type SyncWindow,
} from '../../../../../core/policy/index.ts'
import { anySchedule } from './any-schedule.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const BERLIN = 'Europe/Berlin'
const MB = 1_000_000
const NOTHING: Change = { arrivals: [] }

/** From 9:00 to 13:00 at 1 MB a second: 14,400 MB a day. */
const NINE_TO_ONE: SyncWindow[] = [{ weekdays: EVERY_DAY, start: '09:00', minutes: 240, bytesPerSecond: MB }]
const MONDAY = Date.parse('2026-11-23T00:00:00Z')

const simulate = (question: Partial<SyncQuestion>) =>
  simulateSync({
    schedule: NINE_TO_ONE,
    timeZone: 'UTC',
    from: MONDAY,
    days: 1,
    backlogBytes: 0,
    change: NOTHING,
    ...question,
  })
const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString().replace('.000Z', 'Z')
const drawn = (points: readonly { readonly at: number; readonly bytes: number }[]) =>
  points.map(({ at, bytes }) => `${new Date(at).toISOString().slice(8, 16)} ${Math.round(bytes / MB)}`)

describe('CC-7: a sync', () => {
  it('that is done within its window counts as complete at its end: 9:00 and four hours, 13:00', () => {
    const { emptyAt, completeAt, points, sentBytes } = simulate({ backlogBytes: 3600 * MB })
    expect([iso(emptyAt), iso(completeAt)]).toEqual(['2026-11-23T10:00:00Z', '2026-11-23T13:00:00Z'])
    expect(sentBytes).toBe(3600 * MB)
    expect(drawn(points)).toEqual(['23T00:00 3600', '23T09:00 3600', '23T10:00 0', '23T13:00 0', '24T00:00 0'])
  })

  it('is done in the next window where one is not enough', () => {
    const { emptyAt, completeAt, points } = simulate({ backlogBytes: 15_000 * MB, days: 2 })
    expect([iso(emptyAt), iso(completeAt)]).toEqual(['2026-11-24T09:10:00Z', '2026-11-24T13:00:00Z'])
    expect(drawn(points).slice(0, 4)).toEqual(['23T00:00 15000', '23T09:00 15000', '23T13:00 600', '24T09:00 600'])
  })

  it('that ends with its window is complete there', () => {
    const { emptyAt, completeAt } = simulate({ backlogBytes: 14_400 * MB })
    expect([iso(emptyAt), iso(completeAt)]).toEqual(['2026-11-23T13:00:00Z', '2026-11-23T13:00:00Z'])
    expect(simulate({ backlogBytes: 14_400 * MB + 1 }).emptyAt).toBeUndefined()
  })

  it('that is done looks again every ten minutes, and takes what came', () => {
    const at = MONDAY + 10 * HOUR + 3 * 60_000
    const { points, emptyAt } = simulate({ backlogBytes: 1800 * MB, change: { arrivals: [{ at, bytes: 60 * MB }] } })
    expect(iso(emptyAt)).toBe('2026-11-23T09:30:00Z')
    // Looks at 9:40, 9:50, 10:00 and 10:10: what came at 10:03 is away a minute after that.
    expect(drawn(points).slice(2, 7)).toEqual(['23T09:30 0', '23T10:03 0', '23T10:03 60', '23T10:10 60', '23T10:11 0'])
  })

  it('that is done looks no more behind the end: what came in the last minutes waits', () => {
    const at = MONDAY + 13 * HOUR - 60_000
    const { points } = simulate({ backlogBytes: 7200 * MB, change: { arrivals: [{ at, bytes: 60 * MB }] }, days: 2 })
    expect(drawn(points).filter((point) => point.startsWith('23T13') || point.startsWith('24T09'))).toEqual([
      '23T13:00 60',
      '24T09:00 60',
      '24T09:01 0',
    ])
  })

  it('that goes on takes what comes meanwhile', () => {
    const change = { arrivals: [{ at: MONDAY + 10 * HOUR, bytes: 600 * MB }] }
    const { emptyAt, points } = simulate({ backlogBytes: 7200 * MB, change })
    expect(iso(emptyAt)).toBe('2026-11-23T11:10:00Z')
    expect(drawn(points).slice(2, 5)).toEqual(['23T10:00 3600', '23T10:00 4200', '23T11:10 0'])
  })

  it('is in no window, and nothing is sent', () => {
    const { points, sentBytes, emptyAt } = simulate({ schedule: [], backlogBytes: 5 * MB })
    expect([drawn(points), sentBytes, emptyAt]).toEqual([['23T00:00 5', '24T00:00 5'], 0, undefined])
  })

  it('begins in the middle of a window that is open already', () => {
    const from = MONDAY + 12 * HOUR
    expect(simulate({ from, backlogBytes: 5000 * MB }).sentBytes).toBe(3600 * MB + 1400 * MB)
    expect(iso(offSiteAt(3600 * MB, NINE_TO_ONE, 'UTC', from))).toBe('2026-11-23T13:00:00Z')
  })
})

const grows = (bytesPerDay: number, days = 28, backlogBytes = 0): boolean | undefined =>
  simulate({ change: { bytesPerDay }, days, backlogBytes }).isGrowing

describe('CC-6: what waits', () => {
  it('grows from week to week where more comes than the windows let through', () => {
    expect(grows(14_000 * MB)).toBe(false)
    expect(grows(15_000 * MB)).toBe(true)
    expect(grows(15_000 * MB, 28, 900_000 * MB)).toBe(true)
    expect(grows(1000 * MB, 28, 900_000 * MB)).toBe(false)
    expect(grows(0)).toBe(false)
  })

  it('may wait all week for the weekend, and does not grow', () => {
    const schedule = [{ weekdays: [6, 7], start: '00:00', minutes: 1440, bytesPerSecond: MB }]
    const { isGrowing, points } = simulate({ schedule, change: { bytesPerDay: 20_000 * MB }, days: 28 })
    expect(isGrowing).toBe(false)
    expect(Math.max(...points.map(({ bytes }) => bytes))).toBeGreaterThan(90_000 * MB)
  })

  it('grows where nothing is ever sent', () => {
    expect(simulate({ schedule: [], change: { bytesPerDay: MB }, days: 28 }).isGrowing).toBe(true)
    expect(simulate({ schedule: [], backlogBytes: MB, days: 28 }).isGrowing).toBe(false)
  })

  it('does not grow because much came once', () => {
    // 100,800 MB a week are brought away.
    for (const week of [0, 1, 2, 3])
      for (const backlogBytes of [0, 10_000 * MB, 900_000 * MB])
        for (const bytes of [150_000 * MB, 500_000 * MB]) {
          const change = { arrivals: [{ at: MONDAY + (7 * week + 0.1) * DAY, bytes }] }
          const { isGrowing } = simulate({ days: 28, backlogBytes, change })
          expect([isGrowing, week, backlogBytes, bytes]).toEqual([false, week, backlogBytes, bytes])
        }
  })

  it('is not told to grow or not from less than two weeks', () => {
    expect(grows(15_000 * MB, 13)).toBeUndefined()
    expect(grows(15_000 * MB, 14)).toBe(true)
  })

  it('does not grow because clocks are changed', () => {
    for (const from of ['2026-03-08T00:00:00Z', '2026-10-04T00:00:00Z'])
      for (const timeZone of [BERLIN, 'America/New_York'])
        expect(
          simulate({ from: Date.parse(from), timeZone, change: { bytesPerDay: 14_000 * MB }, days: 35 }).isGrowing,
        ).toBe(false)
  })

  it('is of so much a day, in equal parts', () => {
    const { points, sentBytes } = simulate({ change: { bytesPerDay: 2400 * MB }, days: 1, schedule: [] })
    expect([sentBytes, Math.round((points.at(-1)?.bytes ?? 0) / MB)]).toEqual([0, 2300])
    expect(drawn(points).slice(0, 4)).toEqual(['23T00:00 0', '23T01:00 0', '23T01:00 100', '23T02:00 100'])
  })
})

describe('CC-6: so many bytes', () => {
  it.each([
    ['nothing is through at once', 0, '2026-11-23T00:00:00Z'],
    ['within the first window', 3600 * MB, '2026-11-23T10:00:00Z'],
    ['at its end', 14_400 * MB, '2026-11-23T13:00:00Z'],
    ['in the second', 14_400 * MB + MB, '2026-11-24T09:00:01Z'],
    ['a week later', 7 * 14_400 * MB + MB, '2026-11-30T09:00:01Z'],
  ])('are through: %s', (_, bytes, at) => {
    expect(iso(offSiteAt(bytes, NINE_TO_ONE, 'UTC', MONDAY))).toBe(at)
  })

  it.each([
    // At 1:00 for four hours: the night that is an hour shorter, or longer, brings as much away.
    [BERLIN, '2026-03-28T23:30:00Z', '2026-03-29T04:00:00Z'],
    [BERLIN, '2026-10-24T22:30:00Z', '2026-10-25T03:00:00Z'],
    ['America/New_York', '2026-03-08T05:30:00Z', '2026-03-08T10:00:00Z'],
    ['America/New_York', '2026-11-01T04:30:00Z', '2026-11-01T09:00:00Z'],
  ])('are through in a night in which clocks are changed: %s, %s', (timeZone, from, at) => {
    const schedule = [{ weekdays: EVERY_DAY, start: '01:00', minutes: 240, bytesPerSecond: MB }]
    expect(iso(offSiteAt(14_400 * MB, schedule, timeZone, Date.parse(from)))).toBe(at)
  })

  it('are never through without a window, nor so many within two years', () => {
    expect(offSiteAt(1, [], 'UTC', MONDAY)).toBeUndefined()
    expect(offSiteAt(700 * 14_400 * MB, NINE_TO_ONE, 'UTC', MONDAY)).toBeDefined()
    expect(offSiteAt(800 * 14_400 * MB, NINE_TO_ONE, 'UTC', MONDAY)).toBeUndefined()
  })
})

/** What the windows let through between two moments: each is asked for by itself. */
function mostBetween({ schedule, timeZone }: Pick<SyncQuestion, 'schedule' | 'timeZone'>, from: number, to: number) {
  let bytes = 0
  let span = openSyncWindow(schedule, timeZone, from) ?? nextSyncWindow(schedule, timeZone, from)
  for (; span && span.start < to; span = nextSyncWindow(schedule, timeZone, span.start))
    bytes += ((Math.min(span.end, to) - Math.max(span.start, from)) * span.window.bytesPerSecond) / 1000
  return bytes
}

describe('whatever the schedule', () => {
  const DAYS = 10
  const anyQuestion = fc.record<Omit<SyncQuestion, 'days'>>({
    schedule: anySchedule.filter((windows) => syncOverlaps(windows).length === 0),
    timeZone: fc.constantFrom(BERLIN, 'America/New_York', 'UTC'),
    from: fc
      .tuple(fc.constantFrom('2026-03-01', '2026-03-25', '2026-10-20', '2026-10-29'), fc.integer({ min: 0, max: DAY }))
      .map(([day, later]) => Date.parse(day) + later),
    backlogBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e13 })),
    change: fc.oneof(
      fc.record({ bytesPerDay: fc.integer({ min: 0, max: 1e11 }) }),
      fc.record({
        arrivals: fc.array(
          fc.record({
            at: fc.integer({ min: Date.parse('2026-03-01'), max: Date.parse('2026-11-05') }),
            bytes: fc.integer({ min: 1, max: 1e12 }),
          }),
          { maxLength: 20 },
        ),
      }),
    ),
  })

  it('CC-17: never more is sent than the limit lets through while a window is open', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { points, sentBytes } = simulateSync({ ...question, days: DAYS })
        const { from } = question
        expect(sentBytes).toBeLessThanOrEqual(mostBetween(question, from, from + DAYS * DAY) + 1)
        for (const [at, point] of points.entries()) {
          const before = points[at - 1]
          if (before === undefined || before.bytes <= point.bytes) continue
          const sent = before.bytes - point.bytes
          expect(sent).toBeLessThanOrEqual(mostBetween(question, before.at, point.at) + 1)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('all of the limit is used while something waits', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { sentBytes } = simulateSync({ ...question, backlogBytes: 1e15, days: DAYS })
        const most = mostBetween(question, question.from, question.from + DAYS * DAY)
        expect(Math.abs(sentBytes - most)).toBeLessThan(1000)
      }),
      { numRuns: 60 },
    )
  })

  it('nothing is lost: what was there and came was sent, or waits', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { points, sentBytes } = simulateSync({ ...question, days: DAYS })
        const { from, change, backlogBytes } = question
        const to = from + DAYS * DAY
        const came =
          'arrivals' in change
            ? change.arrivals.filter(({ at }) => at >= from && at < to).reduce((sum, { bytes }) => sum + bytes, 0)
            : (change.bytesPerDay / 24) * (DAYS * 24 - 1)
        const waits = points.at(-1)?.bytes ?? Number.NaN
        expect(Math.abs(backlogBytes + came - sentBytes - waits)).toBeLessThan(1)
        expect(points[0]?.at).toBe(from)
        expect(points.at(-1)?.at).toBe(to)
        for (const [at, point] of points.entries()) {
          expect(point.bytes).toBeGreaterThanOrEqual(0)
          expect(point.at).toBeGreaterThanOrEqual(points[at - 1]?.at ?? from)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('what waits is through when that is said, as the simulation shows it', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const backlogBytes = question.backlogBytes + 1
        const { schedule, timeZone, from } = question
        const { emptyAt } = simulateSync({ ...question, backlogBytes, change: NOTHING, days: DAYS })
        const through = offSiteAt(backlogBytes, schedule, timeZone, from)
        expect(emptyAt).toBe(through !== undefined && through <= from + DAYS * DAY ? through : undefined)
      }),
      { numRuns: 60 },
    )
  })
})
