import { expect, it } from 'vitest'

import { planForget } from '../../../../../core/maintenance/index.ts'
import type { KeepRules } from '../../../../../core/policy/index.ts'
import { parseTime, type StoredSnapshot } from '../../../../../core/snapshot/index.ts'

const TEN_DAYS = { type: 'retention', rules: { days: 10, weeks: 0, months: 0, years: 0 }, timeZone: undefined } as const

/** Of a run of so long. `time` is when it is said to be of, which is when it began unless told otherwise. */
function snapshot(time: string, minutes: number, began = time): StoredSnapshot {
  const start = parseTime(began)
  const summary = { backupStart: start, backupEnd: { ...start, ns: start.ns + BigInt(minutes) * 60_000_000_000n } }
  const made = { id: time, time: parseTime(time), hostname: 'host', paths: ['/a'], tags: [], summary }
  return made as unknown as StoredSnapshot
}

function untilOf(member: StoredSnapshot): string {
  const later = snapshot('2017-06-01T12:00:00-07:00', 1)
  const now = Date.parse('2017-06-02T00:00:00Z')
  const [group] = planForget([member, later], TEN_DAYS, { groupBy: ['host', 'paths'], now })
  return new Date(group?.decisions[0]?.until ?? Number.NaN).toISOString()
}

it('RET-2, RET-3: Wednesday noon, complete at 16:00: kept until the end of the tenth day where it was made', () => {
  for (const [day, end] of [
    ['01', '12'],
    ['08', '19'],
    ['15', '26'],
  ]) {
    expect(new Date(`2017-02-${day}T20:00:00Z`).getUTCDay()).toBe(3)
    expect(untilOf(snapshot(`2017-02-${day}T12:00:00-08:00`, 240))).toBe(`2017-02-${end}T08:00:00.000Z`)
  }
})

it('RET-3: a job that was complete past midnight is one of the next day', () => {
  expect(untilOf(snapshot('2017-02-01T23:30:00-08:00', 29))).toBe('2017-02-12T08:00:00.000Z')
  expect(untilOf(snapshot('2017-02-01T23:30:00-08:00', 31))).toBe('2017-02-13T08:00:00.000Z')
})

it('RET-3: a snapshot that is said to be of another time was complete as long after that', () => {
  const imported = snapshot('2017-02-01T23:30:00-08:00', 31, '2017-05-30T09:00:00-07:00')
  expect(untilOf(imported)).toBe('2017-02-13T08:00:00.000Z')
})

it('a summary without times, as another program may write it, tells nothing', () => {
  const zero = '0001-01-01T00:00:00Z'
  const member = snapshot('2017-02-01T12:00:00Z', 0)
  for (const [start, end] of [
    [zero, zero],
    ['2017-02-01T12:00:00Z', zero],
    [zero, '2017-02-01T12:00:00Z'],
  ] as const) {
    const summary = { backupStart: parseTime(start), backupEnd: parseTime(end) }
    expect(untilOf({ ...member, summary } as unknown as StoredSnapshot)).toBe('2017-02-12T00:00:00.000Z')
  }
})

it.each([
  ['missed files', { filesMissed: 1 }],
  ['was repaired', { tags: ['repaired'] }],
])('RET-21: the last complete one of a week stays, rather than a later one that %s', (_what, change) => {
  const complete = snapshot('2017-02-02T12:00:00Z', 1)
  const lacking = { ...snapshot('2017-02-04T12:00:00Z', 1), ...change }
  const newest = snapshot('2017-02-20T12:00:00Z', 1)
  const rules = { type: 'retention', rules: { days: 1, weeks: 10, months: 0, years: 0 }, timeZone: undefined } as const
  const planned = (members: readonly StoredSnapshot[]) =>
    planForget(members, rules, { groupBy: ['host', 'paths'], now: Date.parse('2017-02-22T00:00:00Z') })[0]?.decisions
  const kept = (members: readonly StoredSnapshot[]) =>
    planned(members)?.flatMap(({ isKept, snapshot: { id } }) => (isKept ? [id] : [])) ?? []
  expect(kept([complete, lacking, newest]).toSorted()).toEqual([complete.id, newest.id])
  // Where no other is complete, it is still the one of its week.
  expect(kept([lacking, newest]).toSorted()).toEqual([lacking.id, newest.id])
})

/** What restic's rules keep, each with the sort of its first reason. */
function keptBy(members: readonly StoredSnapshot[], rules: KeepRules): (readonly [string, string | undefined])[] {
  const options = { groupBy: ['host'], now: Date.parse('2017-02-22T00:00:00Z') } as const
  const [group] = planForget(members, { type: 'keep', rules }, options)
  return (group?.decisions ?? []).flatMap(({ isKept, snapshot: { id }, reasons }) =>
    isKept ? [[id, reasons[0]?.rule] as const] : [],
  )
}

it.each([
  ['missed files', { filesMissed: 1 }],
  ['was repaired', { tags: ['repaired'] }],
])(
  'RET-20: restic’s rules keep the newest complete one, too, where what they keep for the newest %s',
  (_what, change) => {
    const [old, complete, lacking] = ['02', '03', '04'].map((day) => snapshot(`2017-02-${day}T12:00:00Z`, 1))
    if (!old || !complete || !lacking) expect.unreachable()
    const warned = { ...lacking, ...change }
    expect(keptBy([old, complete, warned], { last: 1 })).toEqual([
      [complete.id, 'newest-complete'],
      [warned.id, 'keep'],
    ])
    expect(keptBy([old, complete, warned], { last: 2 })).toEqual([
      [complete.id, 'keep'],
      [warned.id, 'keep'],
    ])
    // As restic does where the rules want another one anyway.
    expect(keptBy([{ ...old, tags: ['x'] }, complete, warned], { tags: [['x']] })).toEqual([[old.id, 'keep']])
    expect(keptBy([old, complete, lacking], { last: 1 })).toEqual([[lacking.id, 'keep']])
  },
)

it('RET-17: the day of a snapshot is that of the offset which it was stored with', () => {
  expect(untilOf(snapshot('2017-02-01T23:30:00+01:00', 1))).toBe('2017-02-11T23:00:00.000Z')
  expect(untilOf(snapshot('2017-02-01T22:30:00Z', 1))).toBe('2017-02-12T00:00:00.000Z')
})
