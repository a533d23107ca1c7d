import { expect, it } from 'vitest'

import { parseRetentionRules } from '../../../../../core/policy/index.ts'

const RULES = { days: 1, weeks: 0, months: 0, years: 0 }

it('takes whole numbers, and all points for a day at least', () => {
  expect(parseRetentionRules(RULES)).toEqual(RULES)
})

it.each([{ days: 0 }, { days: 1.5 }, { weeks: -1 }, { months: Number.NaN }, { years: 1e9 }])('refuses %j', (wrong) => {
  expect(() => parseRetentionRules({ ...RULES, ...wrong })).toThrow(/cannot be kept for/)
})
