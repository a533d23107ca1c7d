import { expect, it } from 'vitest'

import { decideRetention, type RetentionPoint, type RetentionRules } from '../../../../../core/policy/index.ts'

const RULES: RetentionRules = { days: 1, weeks: 1, months: 1, years: 1 }
const BERLIN = 'Europe/Berlin'

function untilBy(rule: string, completed: string, timeZone: string): string | undefined {
  const point: RetentionPoint = { id: 'it', kind: 'full', completed: Date.parse(completed), timeZone, isComplete: true }
  const [decision] = decideRetention([point], RULES, point.completed)
  const reason = decision?.reasons.find((each) => each.rule === rule)
  return reason && new Date(reason.until).toISOString()
}

it.each([
  ['the day on which clocks go forward', 'daily', '2026-03-28T12:00:00+01:00', BERLIN, '2026-03-29T22:00:00.000Z'],
  ['the day on which clocks go back', 'daily', '2026-10-24T12:00:00+02:00', BERLIN, '2026-10-25T23:00:00.000Z'],
  [
    'a midnight that is left out',
    'daily',
    '2018-11-02T12:00:00-03:00',
    'America/Sao_Paulo',
    '2018-11-04T03:00:00.000Z',
  ],
  [
    'a day whose end is left out',
    'daily',
    '2018-11-01T12:00:00-03:00',
    'America/Sao_Paulo',
    '2018-11-03T03:00:00.000Z',
  ],
  ['a day that a place left out', 'daily', '2011-12-28T12:00:00-10:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['the 31st of a month before a short one', 'monthly', '2026-01-31T12:00:00Z', 'UTC', '2026-03-01T00:00:00.000Z'],
  ['the 31st in a leap year', 'monthly', '2028-01-31T12:00:00Z', 'UTC', '2028-03-01T00:00:00.000Z'],
  ['a leap day', 'yearly', '2028-02-29T12:00:00Z', 'UTC', '2029-03-01T00:00:00.000Z'],
  ['an offset', 'weekly', '2026-11-22T23:30:00-05:30', '-05:30', '2026-11-30T05:30:00.000Z'],
])('RET-17: %s', (_, rule, completed, timeZone, until) => {
  expect(untilBy(rule, completed, timeZone)).toBe(until)
})

it.each([
  ['2027-01-03T23:59:59Z', '2026-W53'],
  ['2027-01-04T00:00:00Z', '2027-W01'],
  ['2024-12-30T00:00:00Z', '2025-W01'],
])('a week belongs to the year of its Thursday: %s', (completed, period) => {
  const point: RetentionPoint = {
    id: 'it',
    kind: 'full',
    completed: Date.parse(completed),
    timeZone: 'UTC',
    isComplete: true,
  }
  const [decision] = decideRetention([point], RULES, point.completed)
  expect(decision?.reasons).toContainEqual(expect.objectContaining({ rule: 'weekly', period }))
})
