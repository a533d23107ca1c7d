import { describe, expect, it } from 'vitest'

import { policyParts } from '../../../../../core/cli/client/policy/policy-text.ts'
import { changedParts } from '../../../../../core/cli/client/text/changes.ts'
import { reasonsAt } from '../../../../../core/cli/client/text/retention-text.ts'
import { spanText } from '../../../../../core/cli/client/text/span.ts'
import { PolicySettings } from '../../../../../core/contract/index.ts'

const SETTINGS = PolicySettings.parse({
  schedule: { timeZone: 'UTC', rules: [] },
  retention: { days: 30, weeks: 12, months: 12, years: 0 },
})

const reason = (rule: 'daily' | 'monthly' | 'newest', until: string | null) => ({ rule, period: null, until })

describe('a policy in words', () => {
  it.each([
    [1, '1 minute'],
    [59, '59 minutes'],
    [60, '1 hour'],
    [90, '1 hour 30 minutes'],
    [720, '12 hours'],
    [1440, '1 day'],
    [2 * 1440 + 60, '2 days 1 hour'],
    [0, '0 minutes'],
  ])('says %d minutes as people do: %s', (minutes, text) => {
    expect(spanText(minutes)).toBe(text)
  })

  it('says half a day where it says how long a run waits', () => {
    expect(policyParts(SETTINGS)).toContainEqual(['Expires', 'after 12 hours of waiting'])
  })

  it('says of a change what was and what is, and nothing of what stays', () => {
    const next = { ...SETTINGS, retention: { ...SETTINGS.retention, days: 60 }, rpoHours: 36 }
    expect(changedParts(policyParts(SETTINGS), policyParts(next))).toEqual([
      [
        'Keeps',
        'all of 30 days, then one of each of 12 weeks, 12 months → all of 60 days, then one of each of 12 weeks, 12 months',
      ],
      ['Alert', 'nothing → where the newest complete point is older than 1 day 12 hours'],
    ])
    expect(changedParts(policyParts(next), policyParts(next))).toEqual([])
  })

  it('calls a point of last year by its month, and not one of the last days, which it was once (RET-5)', () => {
    const reasons = [
      reason('newest', null),
      reason('monthly', '2026-12-01T00:00:00Z'),
      reason('daily', '2025-12-31T00:00:00Z'),
    ]
    const rulesAt = (now: string): string[] => reasonsAt(reasons, Date.parse(now)).map(({ rule }) => rule)
    expect(rulesAt('2025-12-30T23:59:59Z')).toEqual(['newest', 'monthly', 'daily'])
    // `until` is the first moment at which it holds no longer.
    expect(rulesAt('2025-12-31T00:00:00Z')).toEqual(['newest', 'monthly'])
    expect(rulesAt('2026-12-01T00:00:00Z')).toEqual(['newest'])
  })
})
