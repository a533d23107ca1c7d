import { expect, it } from 'vitest'

import { decideRetention, type RetentionPoint, type RetentionRules } from '../../../../../core/policy/index.ts'

// The dates that RET works through: February 2017 in Los Angeles (PST, UTC-8), a full backup on Wednesdays, a differential
// one every day, and points that are kept for ten days.
const PST = 'America/Los_Angeles'
const at = (text: string): number => Date.parse(`2017-02-${text}-08:00`)

const full = (day: string, time = '16:00:00'): RetentionPoint => ({
  id: `full ${day}`,
  kind: 'full',
  completed: at(`${day}T${time}`),
  timeZone: PST,
  isComplete: true,
})
const differential = (day: number): RetentionPoint => {
  const date = String(day).padStart(2, '0')
  return { ...full(date, '21:30:00'), id: `diff ${date}`, kind: 'differential' }
}
const log = (day: string, time: string): RetentionPoint => ({
  ...full(day, time),
  id: `log ${day} ${time}`,
  kind: 'log',
})

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, each) => from + each)
const FULLS = [full('01'), full('08', '15:00:00')]
const TEN_DAYS: RetentionRules = { days: 10, weeks: 0, months: 0, years: 0 }

function keptAt(moment: string, points: readonly RetentionPoint[], rules = TEN_DAYS): string[] {
  const now = at(moment)
  return decideRetention(
    points.filter(({ completed }) => completed <= now),
    rules,
    now,
  ).flatMap(({ isKept, point }) => (isKept ? [point.id] : []))
}

function untilOf(id: string, points: readonly RetentionPoint[], rules = TEN_DAYS, now = '28T00:00:00'): string {
  const decision = decideRetention(points, rules, at(now)).find(({ point }) => point.id === id)
  return new Date(decision?.until ?? Number.NaN).toISOString()
}

it('RET-1, RET-2: a point of 1 February 16:00 is kept for ten days, until 11 February 23:59:59', () => {
  const later = full('09')
  expect(keptAt('11T23:59:59.999', [full('01'), later])).toEqual(['full 01', 'full 09'])
  expect(keptAt('12T00:00:00', [full('01'), later])).toEqual(['full 09'])
})

it('RET-1: all points of a day are kept, not one of them', () => {
  const points = range(10, 15).map((hour) => full('09', `${hour}:00:00`))
  expect(decideRetention(points, TEN_DAYS, at('10T00:00:00')).every(({ isKept }) => isKept)).toBe(true)
})

it('RET-3: what counts is when a job was complete: past midnight it is a point of the next day', () => {
  const beganBefore = full('02', '00:10:00')
  expect(untilOf('full 02', [beganBefore, full('20')])).toBe(new Date(at('13T00:00:00')).toISOString())
})

it('RET-4: before the end of 11 February both full points are there', () => {
  expect(keptAt('11T23:59:59', FULLS)).toEqual(['full 01', 'full 08'])
})

it('RET-5: behind the daily window only weekly, monthly or yearly retention keeps a point', () => {
  const points = [full('01'), full('03'), full('20')]
  expect(keptAt('21T00:00:00', points)).toEqual(['full 20'])
  expect(keptAt('21T00:00:00', points, { ...TEN_DAYS, weeks: 4 })).toEqual(['full 03', 'full 20'])
})

it('RET-6, RET-18: the latest point of the week that ends on Sunday 23:59:59 stays for it', () => {
  const points = [full('01'), full('05', '23:59:59'), full('06', '00:00:00'), full('20')]
  expect(keptAt('21T00:00:00', points, { ...TEN_DAYS, weeks: 4 })).toEqual(['full 05', 'full 06', 'full 20'])
})

it('RET-7: the latest point of the month and of the year stays for it', () => {
  const points = ['2016-11-30T23:59:59', '2016-12-01T00:00:00', '2016-12-31T10:00:00', '2017-01-31T23:59:59'].map(
    anyPoint,
  )
  const decide = (rules: Partial<RetentionRules>): string[] =>
    decideRetention([...points, full('20')], { ...TEN_DAYS, ...rules }, at('21T00:00:00')).flatMap((decision) =>
      decision.isKept ? [decision.point.id] : [],
    )
  expect(decide({ months: 12 })).toEqual([
    '2016-11-30T23:59:59',
    '2016-12-31T10:00:00',
    '2017-01-31T23:59:59',
    'full 20',
  ])
  expect(decide({ years: 2 })).toEqual(['2016-12-31T10:00:00', 'full 20'])
})

function anyPoint(time: string): RetentionPoint {
  return { ...full('01'), id: time, completed: Date.parse(`${time}-08:00`) }
}

it('RET-8: the longest of several reasons wins, and each of them is told', () => {
  const [decision] = decideRetention([full('05')], { days: 10, weeks: 4, months: 3, years: 2 }, at('06T00:00:00'))
  expect(decision?.reasons).toEqual([
    { rule: 'newest-complete', until: Number.POSITIVE_INFINITY },
    { rule: 'yearly', period: '2017', until: Date.parse('2019-02-06T00:00:00-08:00') },
    { rule: 'monthly', period: '2017-02', until: Date.parse('2017-05-06T00:00:00-07:00') },
    { rule: 'weekly', period: '2017-W05', until: Date.parse('2017-03-06T00:00:00-08:00') },
    { rule: 'daily', until: Date.parse('2017-02-16T00:00:00-08:00') },
  ])
})

it('RET-10: on 11 February 05:00 there are twelve points, two full and ten differential', () => {
  const before = [
    { ...anyPoint('2017-01-25T16:00:00'), id: 'full of January' },
    { ...anyPoint('2017-01-31T21:30:00'), id: 'diff of January', kind: 'differential' as const },
  ]
  const points = [...before, ...FULLS, ...range(1, 10).map(differential)]
  expect(keptAt('10T23:59:59', points)).toHaveLength(14)
  const kept = keptAt('11T05:00:00', points)
  expect(kept).toEqual([...FULLS, ...range(1, 10).map(differential)].map(({ id }) => id))
  expect(kept).toHaveLength(12)
})

it('RET-11, RET-12: on 13 February 11:00 the differentials of 3 to 12 February are there, with the fulls they need', () => {
  const kept = keptAt('13T11:00:00', [...FULLS, ...range(1, 12).map(differential)])
  expect(kept).toEqual([...FULLS.map(({ id }) => id), ...range(3, 12).map((day) => differential(day).id)])
})

it('RET-13: the full of 1 February goes when the last differential that needs it does, at the end of 17 February', () => {
  const points = [...FULLS, ...range(1, 12).map(differential), full('15')]
  expect(untilOf('full 01', points)).toBe(new Date(at('18T00:00:00')).toISOString())
  const [decision] = decideRetention(points, TEN_DAYS, at('17T12:00:00'))
  expect(decision?.reasons[0]).toMatchObject({ rule: 'needed', by: 'diff 07' })
  expect(untilOf('full 01', points, { ...TEN_DAYS, weeks: 4 })).toBe(
    new Date(at('28T00:00:00') + 6 * 86_400_000).toISOString(),
  )
})

it('RET-14: a differential needs the full that was made immediately before it, and no other', () => {
  const points = [full('01'), full('03'), differential(4), full('20')]
  expect(keptAt('13T12:00:00', points)).toEqual(['full 03', 'diff 04'])
})

it('RET-15: differentials follow weekly, monthly and yearly retention, too', () => {
  const points = [full('01'), ...range(1, 5).map(differential), full('20')]
  expect(keptAt('21T00:00:00', points, { ...TEN_DAYS, weeks: 4 })).toEqual(['full 01', 'diff 05', 'full 20'])
  const before = [
    { ...anyPoint('2016-12-07T16:00:00'), id: 'full of the year' },
    { ...anyPoint('2016-12-31T21:30:00'), id: 'diff of the year', kind: 'differential' as const },
    { ...anyPoint('2017-01-04T16:00:00'), id: 'full of the month' },
    { ...anyPoint('2017-01-31T21:30:00'), id: 'diff of the month', kind: 'differential' as const },
  ]
  const old = [...before, ...points]
  expect(keptAt('21T00:00:00', old, { ...TEN_DAYS, months: 1 })).toEqual([
    'full of the month',
    'diff of the month',
    'full 20',
  ])
  expect(keptAt('21T00:00:00', old, { ...TEN_DAYS, years: 1 })).toEqual([
    'full of the year',
    'diff of the year',
    'full 20',
  ])
})

it('RET-16: logs are kept by daily retention only', () => {
  const points = [full('01'), log('05', '22:00:00'), full('20')]
  expect(keptAt('15T23:59:59', points)).toEqual(['full 01', 'log 05 22:00:00'])
  expect(keptAt('21T00:00:00', points, { days: 10, weeks: 4, months: 3, years: 2 })).toEqual(['full 01', 'full 20'])
})

it('RET-19: what a log needs lives as long as the log: its base, the base of that, and the logs between', () => {
  const points = [
    full('08'),
    log('10', '20:00:00'),
    differential(10),
    log('10', '23:00:00'),
    log('11', '20:30:00'),
    full('15'),
  ]
  const until = new Date(at('22T00:00:00')).toISOString()
  expect(untilOf('log 11 20:30:00', points)).toBe(until)
  expect(untilOf('log 10 23:00:00', points)).toBe(until)
  expect(untilOf('diff 10', points)).toBe(until)
  expect(untilOf('full 08', points)).toBe(until)
  expect(untilOf('log 10 20:00:00', points)).toBe(new Date(at('21T00:00:00')).toISOString())
})

it('RET-20, RET-9: the newest complete point is never removed, whatever its age', () => {
  const [older, newer] = [
    { ...full('08'), isComplete: false },
    { ...full('09'), isComplete: false },
  ]
  const decisions = decideRetention([full('01'), full('02'), older, newer], TEN_DAYS, Date.parse('2030-01-01'))
  expect(decisions.map(({ isKept }) => isKept)).toEqual([false, true, false, true])
  expect(decisions[1]?.reasons[0]).toEqual({ rule: 'newest-complete', until: Number.POSITIVE_INFINITY })
})

it('RET-9: where no point is complete, the newest of all stays', () => {
  const points = [
    { ...full('01'), isComplete: false },
    { ...full('02'), isComplete: false },
  ]
  const decisions = decideRetention(points, TEN_DAYS, Date.parse('2030-01-01'))
  expect(decisions.map(({ isKept }) => isKept)).toEqual([false, true])
  expect(decisions[1]?.reasons[0]).toMatchObject({ rule: 'newest' })
})

it('RET-20: beside the newest log, the newest point that needs none stays', () => {
  const points = [full('01'), { ...full('02'), isComplete: false }, log('03', '10:00:00')]
  expect(decideRetention(points, TEN_DAYS, Date.parse('2030-01-01')).map(({ isKept }) => isKept)).toEqual([
    true,
    true,
    true,
  ])
})

it('RET-20: a point that is dated in the future is not the newest one', () => {
  const points = [full('01'), full('02'), { ...full('20'), id: 'of a wrong clock' }]
  expect(decideRetention(points, TEN_DAYS, at('19T00:00:00')).map(({ isKept }) => isKept)).toEqual([false, true, true])
})

it('RET-21: a complete point stays for its week, month or year before a later one that misses something', () => {
  const points = [full('01'), full('02'), { ...full('03'), isComplete: false }, full('20')]
  expect(keptAt('21T00:00:00', points, { ...TEN_DAYS, weeks: 4 })).toEqual(['full 02', 'full 20'])
  const only = [{ ...full('03'), isComplete: false }, full('20')]
  expect(keptAt('21T00:00:00', only, { ...TEN_DAYS, weeks: 4 })).toEqual(['full 03', 'full 20'])
})
