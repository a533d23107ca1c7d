import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import type { Chance } from '../../../../../core/base/index.ts'
import { nextAttempt } from '../../../../../core/policy/index.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

function chanceOf(fraction: number): Chance {
  return { fill: (target) => target, fraction: () => fraction }
}

it.each([
  [1, 5],
  [2, 10],
  [3, 20],
  [4, 40],
])('after attempt %i it waits %i minutes', (attempt, minutes) => {
  const retries = { attempts: 5, firstDelayMinutes: 5 }
  expect(nextAttempt(retries, attempt, 1000, chanceOf(0))).toBe(1000 + minutes * MINUTE)
  expect(nextAttempt(retries, attempt, 1000, chanceOf(0.5))).toBe(1000 + minutes * MINUTE * 1.05)
})

it.each([
  [3, 3],
  [3, 4],
  [1, 1],
])('of %i attempts none is left after the one that is number %i', (attempts, attempt) => {
  expect(nextAttempt({ attempts, firstDelayMinutes: 5 }, attempt, 0, chanceOf(0))).toBeUndefined()
})

it('whatever the policy, it waits as long as was asked at least and a day at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1440 }),
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (firstDelayMinutes, attempt, fraction) => {
        const wait = nextAttempt({ attempts: 10, firstDelayMinutes }, attempt, 0, chanceOf(fraction)) ?? Number.NaN
        const planned = firstDelayMinutes * MINUTE * 2 ** (attempt - 1)
        expect(wait).toBeGreaterThanOrEqual(Math.min(planned, DAY))
        expect(wait).toBeLessThanOrEqual(Math.min(Math.ceil(planned * 1.1), DAY))
        expect(Number.isInteger(wait)).toBe(true)
      },
    ),
  )
})
