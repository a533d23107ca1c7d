import { describe, expect, it } from 'vitest'

import type { PolicySettings } from '../../../../core/contract/index.ts'
import { newPolicy } from '../../../../renderer/modules/policy/policy-draft.ts'
import { compareDecisions, effectOn, mayMovePoints } from '../../../../renderer/modules/policy/policy-effect.ts'
import { draftProblems, pathOf } from '../../../../renderer/modules/policy/policy-problems.ts'

type Rule = PolicySettings['schedule']['rules'][number]
const ALL = [1, 2, 3, 4, 5, 6, 7]
const week = (weekdays: number[]): Rule['days'] => ({ type: 'week', weekdays })
const at = (days: Rule['days'], ...times: string[]): Rule => ({ type: 'times', days, times })
const every = (everyMinutes: number, from: string, until: string, weekdays = ALL): Rule => ({
  type: 'interval',
  days: week(weekdays),
  everyMinutes,
  from,
  until,
})

const decision = (pointId: string, isKept: boolean) => ({
  pointId,
  isKept,
  completedAt: '2026-11-22T00:00:00.000Z',
  isComplete: true,
  until: null,
  reasons: [],
})

/** Keeps the one point with 30 days, and of the second set always. */
const preview = async ({ settings: asked, setId }: { settings: PolicySettings; setId?: string }) => ({
  times: [],
  decisions: [decision('a', asked.retention.days === 30 || setId === 'second')],
})

describe('what a change means for points', () => {
  it('counts those that are kept today and would go, and those that would stay after all', () => {
    const before = [
      decision('a', true),
      decision('b', true),
      decision('c', false),
      decision('d', false),
      decision('e', true),
    ]
    const after = [
      decision('a', true),
      decision('b', false),
      decision('c', true),
      decision('d', false),
      decision('e', false),
    ]
    expect(compareDecisions(before, after)).toEqual({ points: 5, removed: 2, rescued: 1 })
  })

  it('leaves out a point that was made meanwhile', () => {
    expect(compareDecisions([], [decision('new', false)])).toEqual({ points: 1, removed: 0, rescued: 0 })
  })

  it('is asked only where retention or the days of points change', () => {
    const policy = newPolicy('Europe/Berlin')
    expect(mayMovePoints(policy, { ...policy, rpoHours: 1, schedule: { ...policy.schedule, rules: [] } })).toBe(false)
    expect(mayMovePoints(policy, { ...policy, retention: { ...policy.retention, years: 1 } })).toBe(true)
    expect(mayMovePoints(policy, newPolicy('Asia/Tokyo'))).toBe(true)
  })

  it('is asked of each set, with the settings of before and after', async () => {
    const before = newPolicy('Europe/Berlin')
    const after = { ...before, retention: { ...before.retention, days: 1 } }
    const client = { policies: { preview } } as unknown as Parameters<typeof effectOn>[0]
    const sets = [
      { id: 'first', name: 'First' },
      { id: 'second', name: 'Second' },
    ]
    const effects = await effectOn(client, sets, { before, after })
    expect(effects.map(({ set, removed }) => [set.name, removed])).toEqual([
      ['First', 1],
      ['Second', 0],
    ])
    expect(await effectOn(client, sets, { before, after: before })).toEqual([])
  })
})

function problemsOf(part: Partial<PolicySettings['schedule']>): Record<string, string> {
  const base = newPolicy('Europe/Berlin')
  return Object.fromEntries(draftProblems({ ...base, schedule: { ...base.schedule, ...part } }))
}

describe('what is wrong with a draft', () => {
  it('is nothing with a new one, and an interval may be the whole day', () => {
    expect(problemsOf({})).toEqual({})
    expect(problemsOf({ rules: [every(60, '00:00', '00:00')] })).toEqual({})
  })

  it('is said of the field where it is', () => {
    const rules = [
      at(week([1]), '22:00', ''),
      every(60, '06:00', '06:00', []),
      at({ type: 'month', days: [] }, '22:00'),
    ]
    expect(problemsOf({ rules, windows: [{ weekdays: [], start: '20:00', minutes: 60 }] })).toEqual({
      'rules.0.times.1': 'policy.wrong.time',
      'rules.1.days': 'policy.wrong.days',
      'rules.1.until': 'policy.wrong.interval',
      'rules.2.days': 'policy.wrong.days',
      'windows.0.weekdays': 'policy.wrong.days',
    })
  })

  it('has the same path whichever part of the appliance found it', () => {
    expect(['settings.schedule.rules.0.until', 'rules.0.until', 'settings.retention.days'].map(pathOf)).toEqual([
      'rules.0.until',
      'rules.0.until',
      'retention.days',
    ])
  })
})
