import { expect, expectTypeOf, it } from 'vitest'

import * as contract from '../../../../core/contract/index.ts'
import {
  bandwidthAt,
  type Cause,
  dueRuns,
  type EndedState,
  isInWindow,
  nextAttempt,
  nextTimes,
  type OverallState,
  type Protection,
  type Trigger,
  validateBandwidth,
  validateSchedule,
} from '../../../../core/policy/index.ts'

/** That this compiles is half of the test: what the contract has parsed is taken as it is. */
it('takes what the contract has parsed as it is', () => {
  const settings = contract.PolicySettings.parse({
    schedule: {
      timeZone: 'UTC',
      rules: [
        { type: 'times', days: { type: 'month', days: [-1] }, times: ['22:00'] },
        { type: 'interval', days: { type: 'week', weekdays: [1] }, everyMinutes: 60, from: '22:00', until: '06:00' },
      ],
      windows: [{ weekdays: [1], start: '22:00', minutes: 480 }],
    },
    retention: { days: 1, weeks: 0, months: 0, years: 0 },
    bandwidth: [{ weekdays: [1], start: '08:00', minutes: 600, bytesPerSecond: 65_536 }],
  })
  const { schedule, bandwidth, retries } = settings
  const now = Date.parse('2026-11-23T22:00:00Z')
  validateSchedule(schedule)
  validateBandwidth(bandwidth)
  expect(nextTimes(schedule, now, 1)).toEqual([Date.parse('2026-11-23T23:00:00Z')])
  expect(isInWindow(schedule.windows, schedule.timeZone, now)).toBe(true)
  expect(dueRuns(schedule, { lastLooked: now - 1, now }).due?.scheduledFor).toBe(now)
  expect(bandwidthAt(bandwidth, schedule.timeZone, now).bytesPerSecond).toBeUndefined()
  expect(nextAttempt(retries, 1, 0, { fill: (target) => target, fraction: () => 0 })).toBe(300_000)
})

it('says protection, the overall state and triggers in the words of the contract: the compiler looks', () => {
  expectTypeOf<Protection>().toEqualTypeOf<contract.Protection>()
  expectTypeOf<OverallState>().toEqualTypeOf<contract.Overview['state']>()
  expectTypeOf<Trigger>().toEqualTypeOf<contract.Run['trigger']>()
  expectTypeOf<EndedState>().toExtend<contract.RunState>()
  expectTypeOf<Cause>().toExtend<contract.Run['cause']>()
})
