import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type DayWindow, isInWindow, nextWindowStart } from '../../../../../core/policy/index.ts'
import { offsetsOf } from './slow-oracle.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const NIGHTS: DayWindow[] = [{ weekdays: EVERY_DAY, start: '22:00', minutes: 480 }]
const FRIDAY_NIGHT: DayWindow[] = [{ weekdays: [5], start: '22:00', minutes: 480 }]
const BERLIN = 'Europe/Berlin'

it('where there are no windows it is always open, and none begins', () => {
  expect(isInWindow([], BERLIN, 0)).toBe(true)
  expect(nextWindowStart([], BERLIN, 0)).toBeUndefined()
  expect(isInWindow([{ weekdays: [], start: '22:00', minutes: 480 }], BERLIN, 0)).toBe(false)
  expect(nextWindowStart([{ weekdays: [], start: '22:00', minutes: 480 }], BERLIN, 0)).toBeUndefined()
})

it.each<[string, DayWindow[], string, string, boolean]>([
  ['it begins', NIGHTS, 'UTC', '2026-11-22T22:00:00.000Z', true],
  ['a millisecond before', NIGHTS, 'UTC', '2026-11-22T21:59:59.999Z', false],
  ['over midnight', NIGHTS, 'UTC', '2026-11-23T05:59:59.999Z', true],
  ['it ends', NIGHTS, 'UTC', '2026-11-23T06:00:00.000Z', false],
  ['on the day that it began on', FRIDAY_NIGHT, 'UTC', '2026-11-20T23:00:00Z', true],
  ['on the morning after', FRIDAY_NIGHT, 'UTC', '2026-11-21T05:00:00Z', true],
  ['on the morning of that day', FRIDAY_NIGHT, 'UTC', '2026-11-20T05:00:00Z', false],
  ['the night of seven hours ends at 06:00', NIGHTS, BERLIN, '2026-03-29T03:59:59Z', true],
  ['the night of seven hours ended at 06:00', NIGHTS, BERLIN, '2026-03-29T04:00:00Z', false],
  ['the night of nine hours ends at 06:00', NIGHTS, BERLIN, '2026-10-25T04:59:59Z', true],
  ['the night of nine hours ended at 06:00', NIGHTS, BERLIN, '2026-10-25T05:00:00Z', false],
])('%s', (_, windows, timeZone, now, isOpen) => {
  expect(isInWindow(windows, timeZone, Date.parse(now))).toBe(isOpen)
})

it.each<[string, DayWindow[], string, string, string]>([
  ['later than now', NIGHTS, 'UTC', '2026-11-22T22:00:00Z', '2026-11-23T22:00:00Z'],
  ['though another one is open', NIGHTS, 'UTC', '2026-11-22T23:00:00Z', '2026-11-23T22:00:00Z'],
  ['in the zone of the policy', NIGHTS, 'Pacific/Kiritimati', '2026-11-22T08:30:00Z', '2026-11-23T08:00:00Z'],
  ['a week later', FRIDAY_NIGHT, 'UTC', '2026-11-20T22:00:00Z', '2026-11-27T22:00:00Z'],
  [
    'when the clock jumps over its start',
    [{ weekdays: [7], start: '02:30', minutes: 60 }],
    BERLIN,
    '2026-03-28T12:00:00Z',
    '2026-03-29T01:00:00Z',
  ],
  [
    'a week later where the clock jumps over it',
    [{ weekdays: [7], start: '02:10', minutes: 30 }],
    BERLIN,
    '2026-03-28T12:00:00Z',
    '2026-04-05T00:10:00Z',
  ],
  [
    'a week later where a place leaves out the day',
    [{ weekdays: [5], start: '10:00', minutes: 60 }],
    'Pacific/Apia',
    '2011-12-24T00:00:00Z',
    '2012-01-05T20:00:00Z',
  ],
])('the next one begins %s', (_, windows, timeZone, now, next) => {
  expect(nextWindowStart(windows, timeZone, Date.parse(now))).toBe(Date.parse(next))
})

describe('whatever the windows', () => {
  const window = fc.record({
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    start: fc.constantFrom('00:00', '00:30', '01:45', '02:00', '02:30', '03:00', '12:00', '22:00', '23:45'),
    minutes: fc.oneof(fc.constantFrom(1, 15, 30, 60, 480, 1440), fc.integer({ min: 1, max: 1440 })),
  })
  const change = fc.constantFrom<[string, string]>(
    [BERLIN, '2026-03-29T01:00Z'],
    [BERLIN, '2026-10-25T01:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
    ['Pacific/Apia', '2011-12-30T10:00Z'],
    ['America/Sao_Paulo', '2018-02-18T02:00Z'],
    ['America/St_Johns', '2006-10-29T02:31Z'],
    ['UTC', '2026-11-22T12:00Z'],
  )

  it('RET-17: they are open when somebody who looks once a minute has seen them begin and not end', () => {
    fc.assert(
      fc.property(change, window, ([timeZone, about], one) => {
        const from = Date.parse(about) - 3 * DAY
        const starts: number[] = []
        let wasOpen: boolean | undefined
        for (const { now, isOpen, hasBegun } of slowWindow(timeZone, one, from, from + 5 * DAY)) {
          if (hasBegun) starts.push(now)
          // Each minute costs; what matters is each change, the minute before it, and now and then one of those between.
          if (isOpen === wasOpen && now % (30 * MINUTE) !== 0) continue
          expect([now, isInWindow([one], timeZone, now)]).toEqual([now, isOpen])
          if (wasOpen !== undefined) expect(isInWindow([one], timeZone, now - 1)).toBe(wasOpen)
          wasOpen = isOpen
        }
        let last = from + 2 * DAY
        for (const start of starts.filter((each) => each > last)) {
          expect(nextWindowStart([one], timeZone, last)).toBe(start)
          last = start
        }
      }),
      { numRuns: 40 },
    )
  })
})

/** Looks at the clock on the wall once a minute, for two days before it tells anything: no window is longer. */
function* slowWindow(
  timeZone: string,
  { weekdays, start, minutes }: DayWindow,
  from: number,
  until: number,
): Generator<{ now: number; isOpen: boolean; hasBegun: boolean }> {
  const offsetAt = offsetsOf(timeZone)
  const begin = Number(start.slice(0, 2)) * 60 + Number(start.slice(3))
  const isBegin = (wall: number): boolean =>
    (wall / MINUTE) % 1440 === begin && weekdays.includes(new Date(wall).getUTCDay() || 7)
  let high = from + offsetAt(from)
  let isOpen = false
  for (let now = from; now < until; now += MINUTE) {
    const wall = now + offsetAt(now)
    let hasBegun = false
    for (; high < wall; high += MINUTE) {
      const shown = high + MINUTE
      if (isBegin(shown - minutes * MINUTE)) isOpen = hasBegun = false
      if (isBegin(shown)) isOpen = hasBegun = true
    }
    if (now >= from + 2 * DAY) yield { now, isOpen, hasBegun }
  }
}
