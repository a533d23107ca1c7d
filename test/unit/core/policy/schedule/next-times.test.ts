import { describe, expect, it } from 'vitest'

import {
  nextTimes,
  type Schedule,
  type ScheduleDays,
  type ScheduleRule,
  timesBetween,
} from '../../../../../core/policy/index.ts'

const DAILY: ScheduleDays = { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }
const BERLIN = 'Europe/Berlin'

function at(...times: string[]): ScheduleRule {
  return { type: 'times', days: DAILY, times }
}
function onDays(...days: number[]): ScheduleRule {
  return { type: 'times', days: { type: 'month', days }, times: ['12:00'] }
}
function every(everyMinutes: number, from: string, until: string, days = DAILY): ScheduleRule {
  return { type: 'interval', days, everyMinutes, from, until }
}
function schedule(timeZone: string, ...rules: ScheduleRule[]): Schedule {
  return { timeZone, rules, windows: [], missed: 'run-soon', expireAfterMinutes: 720 }
}
/** Written as a person there reads them, with the offset. */
function local(times: readonly number[], offsets: readonly string[]): string[] {
  return times.map((time, index) => {
    const offset = offsets[Math.min(index, offsets.length - 1)] ?? '+00:00'
    const [, sign, hour, minute] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? []
    const ahead = (Number(hour) * 60 + Number(minute)) * (sign === '-' ? -60_000 : 60_000)
    return `${new Date(time + ahead).toISOString().slice(0, 16)}${offset}`
  })
}
function between(rules: Schedule, after: string, until: string): string[] {
  return timesBetween(rules, Date.parse(after), Date.parse(until), { most: 1000 }).map((time) =>
    new Date(time).toISOString().slice(0, 16),
  )
}

describe('GEN-1: a run begins at the time set by the schedule', () => {
  it.each<[string, Schedule, string, string[]]>([
    [
      'on weekdays',
      schedule(BERLIN, { type: 'times', days: { type: 'week', weekdays: [1, 5] }, times: ['22:00'] }),
      '2026-11-22T12:00:00Z',
      ['2026-11-23T22:00+01:00', '2026-11-27T22:00+01:00', '2026-11-30T22:00+01:00'],
    ],
    [
      'at several times that are out of order',
      schedule('UTC', at('18:00', '06:00', '06:00')),
      '2026-11-22T06:00:00Z',
      ['2026-11-22T18:00+00:00', '2026-11-23T06:00+00:00', '2026-11-23T18:00+00:00'],
    ],
    [
      'by several rules that meet, once',
      schedule('UTC', at('06:00', '12:00'), every(360, '00:00', '00:00')),
      '2026-11-22T00:00:00Z',
      ['2026-11-22T06:00+00:00', '2026-11-22T12:00+00:00', '2026-11-22T18:00+00:00', '2026-11-23T00:00+00:00'],
    ],
    [
      'where the day begins first',
      schedule('Pacific/Kiritimati', at('00:30')),
      '2026-11-22T10:30:00Z',
      ['2026-11-24T00:30+14:00', '2026-11-25T00:30+14:00'],
    ],
  ])('%s', (_, rules, after, times) => {
    const offset = times.map((time) => time.slice(-6))
    expect(local(nextTimes(rules, Date.parse(after), times.length), offset)).toEqual(times)
  })

  it('later than one moment and not later than another', () => {
    const rules = schedule('UTC', at('06:00', '12:00'))
    expect(between(rules, '2026-11-22T06:00:00Z', '2026-11-22T12:00:00Z')).toEqual(['2026-11-22T12:00'])
    expect(between(rules, '2026-11-22T05:59:59.999Z', '2026-11-22T11:59:59.999Z')).toEqual(['2026-11-22T06:00'])
    expect(between(rules, '2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z')).toEqual([])
    expect(between(rules, '2026-11-23T12:00:00Z', '2026-11-22T12:00:00Z')).toEqual([])
  })
})

describe('RET-17: the end of a month neither drops nor doubles a run', () => {
  it.each<[string, number[], string, string[]]>([
    [
      'the 31st is the last of a shorter month',
      [31],
      '2026-01-15',
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
    ],
    [
      'the 30th and the 31st may be one day',
      [30, 31],
      '2026-03-31',
      ['2026-04-30', '2026-05-30', '2026-05-31', '2026-06-30'],
    ],
    [
      '29, 30, 31 and -1 are one day of February',
      [29, 30, 31, -1],
      '2026-02-01',
      ['2026-02-28', '2026-03-29', '2026-03-30', '2026-03-31', '2026-04-29'],
    ],
    ['-1 is the last day', [-1], '2028-01-31', ['2028-02-29', '2028-03-31', '2028-04-30']],
    ['29 February', [29], '2027-12-29', ['2028-01-29', '2028-02-29', '2028-03-29']],
    ['29 February of a common year is the 28th', [29], '2100-02-01', ['2100-02-28', '2100-03-29']],
  ])('%s', (_, days, after, dates) => {
    const times = nextTimes(schedule('UTC', onDays(...days)), Date.parse(`${after}T12:00:00Z`), dates.length)
    expect(times.map((time) => new Date(time).toISOString().slice(0, 10))).toEqual(dates)
  })
})

describe('RET-17: a change of clocks neither drops nor doubles a run', () => {
  it.each<[string, Schedule, string, string, string[]]>([
    [
      'what is left out happens when the clock jumps',
      schedule(BERLIN, at('02:30')),
      '2026-03-28T12:00Z',
      '2026-03-30T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'the first minute that is left out, and the last',
      schedule(BERLIN, at('02:00', '02:59', '03:00', '03:01')),
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
      ['2026-03-29T01:00', '2026-03-29T01:01'],
    ],
    [
      'what comes twice happens the first time',
      schedule(BERLIN, at('02:30')),
      '2026-10-24T12:00Z',
      '2026-10-26T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'a midnight that is left out',
      schedule('America/Sao_Paulo', at('00:00')),
      '2018-11-03T12:00Z',
      '2018-11-05T12:00Z',
      ['2018-11-04T03:00', '2018-11-05T02:00'],
    ],
    [
      'half an hour that is left out',
      schedule('Australia/Lord_Howe', at('02:15')),
      '2026-10-03T00:00Z',
      '2026-10-05T00:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'half an hour that comes twice',
      schedule('Australia/Lord_Howe', at('01:45')),
      '2026-04-03T20:00Z',
      '2026-04-05T20:00Z',
      ['2026-04-04T14:45', '2026-04-05T15:15'],
    ],
    [
      'a day that a place left out happens when the next one begins',
      schedule('Pacific/Apia', at('10:00')),
      '2011-12-29T00:00Z',
      '2012-01-01T00:00Z',
      ['2011-12-29T20:00', '2011-12-30T10:00', '2011-12-30T20:00', '2011-12-31T20:00'],
    ],
    [
      'and all of its hours are one',
      schedule('Pacific/Apia', every(60, '20:00', '22:00')),
      '2011-12-30T00:00Z',
      '2011-12-31T12:00Z',
      [
        '2011-12-30T06:00',
        '2011-12-30T07:00',
        '2011-12-30T08:00',
        '2011-12-30T10:00',
        '2011-12-31T06:00',
        '2011-12-31T07:00',
        '2011-12-31T08:00',
      ],
    ],
    [
      'every two hours, in spring',
      schedule(BERLIN, every(120, '00:00', '06:00')),
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
      ['2026-03-28T23:00', '2026-03-29T01:00', '2026-03-29T02:00', '2026-03-29T04:00'],
    ],
    [
      'every two hours, in autumn: none is doubled',
      schedule(BERLIN, every(120, '00:00', '06:00')),
      '2026-10-24T12:00Z',
      '2026-10-25T12:00Z',
      ['2026-10-24T22:00', '2026-10-25T00:00', '2026-10-25T03:00', '2026-10-25T05:00'],
    ],
    [
      'every half hour, in autumn: nothing stands still for an hour',
      schedule(BERLIN, every(30, '01:30', '03:30')),
      '2026-10-24T12:00Z',
      '2026-10-25T12:00Z',
      [
        '2026-10-24T23:30',
        '2026-10-25T00:00',
        '2026-10-25T00:30',
        '2026-10-25T01:00',
        '2026-10-25T01:30',
        '2026-10-25T02:00',
        '2026-10-25T02:30',
      ],
    ],
    [
      'every half hour, in spring: what is left out is one',
      schedule(BERLIN, every(30, '01:30', '03:30')),
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
  ])('%s', (_, rules, after, until, times) => {
    expect(between(rules, after, until)).toEqual(times)
  })
})

describe('an interval', () => {
  it.each<[string, ScheduleRule, string[]]>([
    ['begins at its end, too', every(240, '08:00', '16:00'), ['22T08:00', '22T12:00', '22T16:00']],
    ['need not fit', every(300, '08:00', '16:00'), ['22T08:00', '22T13:00']],
    ['leaves the end of the day to the next', every(480, '08:00', '00:00'), ['22T08:00', '22T16:00']],
    ['may be a whole day', every(720, '00:00', '00:00'), ['22T00:00', '22T12:00']],
    ['may be longer than its span', every(1440, '22:00', '23:00'), ['22T22:00']],
    [
      'belongs to the day that it began on, over midnight',
      every(180, '22:00', '06:00', { type: 'week', weekdays: [7] }),
      ['22T22:00', '23T01:00', '23T04:00'],
    ],
  ])('%s', (_, rule, times) => {
    const sunday = { ...rule, days: { type: 'week', weekdays: [7] } } satisfies ScheduleRule
    const found = between(schedule('UTC', sunday), '2026-11-21T23:59:00Z', '2026-11-28T12:00:00Z')
    expect(found.map((time) => time.slice(8))).toEqual(times)
  })

  it('that began yesterday goes on', () => {
    const rules = schedule('UTC', every(180, '22:00', '06:00', { type: 'week', weekdays: [7] }))
    expect(between(rules, '2026-11-23T01:00:00Z', '2026-11-25T00:00:00Z')).toEqual(['2026-11-23T04:00'])
  })
})

describe('what begins nothing', () => {
  it.each<[string, ScheduleRule[]]>([
    ['no rules', []],
    ['no weekdays', [every(5, '00:00', '00:00', { type: 'week', weekdays: [] })]],
    ['weekdays that there are not', [every(5, '00:00', '00:00', { type: 'week', weekdays: [0, 8] })]],
    ['no days of a month', [onDays()]],
    ['no times', [at()]],
  ])('%s', (_, rules) => {
    expect(nextTimes(schedule('UTC', ...rules), 0, 5)).toEqual([])
    expect(timesBetween(schedule('UTC', ...rules), 0, Number.POSITIVE_INFINITY, { most: 5 })).toEqual([])
  })

  it('nor does it hide what another rule begins', () => {
    expect(nextTimes(schedule('UTC', onDays(), at('01:00')), 0, 1)).toEqual([3_600_000])
    expect(nextTimes(schedule('UTC', at('01:00')), 0, 0)).toEqual([])
  })
})

it('no more days are looked at than somebody asks for', () => {
  let asked = 0
  const counted: ScheduleRule = {
    type: 'interval',
    everyMinutes: 5,
    from: '00:00',
    until: '00:00',
    get days() {
      asked++
      return DAILY
    },
  }
  expect(nextTimes(schedule(BERLIN, counted), Date.parse('2026-11-22T12:00:00Z'), 3)).toHaveLength(3)
  expect(asked).toBeLessThan(10)
})
