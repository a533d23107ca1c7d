import { expect, it } from 'vitest'

import { type Temperature, temperatureOf } from '../../../../core/policy/index.ts'

const NOW = Date.parse('2017-02-12T12:00:00Z')
const DAYS_90 = 90 * 86_400_000

it.each<[string, number, boolean, Temperature]>([
  ['GEN-9: of this moment', NOW, false, 'warm'],
  ['GEN-12: of exactly 90 days', NOW - DAYS_90, false, 'warm'],
  ['GEN-12: of 90 days and a millisecond', NOW - DAYS_90 - 1, false, 'cold'],
  ['GEN-12: of 14 November, 90 days before', Date.parse('2016-11-14T12:00:00Z'), false, 'warm'],
  ['GEN-12: of the 13th', Date.parse('2016-11-13T12:00:00Z'), false, 'cold'],
  ['GEN-11: in the CloudCache', NOW, true, 'hot'],
  ['GEN-11: in the CloudCache, however old', NOW - 2 * DAYS_90, true, 'hot'],
  ['dated later than now', NOW + DAYS_90, false, 'warm'],
])('a point %s', (_, completed, isInCache, temperature) => {
  expect(temperatureOf({ completed, isInCache }, NOW)).toBe(temperature)
})
