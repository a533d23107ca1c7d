import { describe, expect, it } from 'vitest'

import {
  type DueQuestion,
  dueRuns,
  type PassedOver,
  type Schedule,
  type ScheduleDays,
  type ScheduleRule,
} from '../../../../../core/policy/index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const DAILY: ScheduleDays = { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }
const NIGHTLY: Schedule = {
  timeZone: 'UTC',
  rules: [{ type: 'times', days: DAILY, times: ['22:00'] }],
  windows: [],
  missed: 'run-soon',
  expireAfterMinutes: 720,
}
const TEN = Date.parse('2026-11-22T22:00:00Z')
const NOTHING = { due: undefined, missed: undefined }

function run(scheduledFor: number, passedOver?: PassedOver): object {
  return { scheduledFor, expiresAt: scheduledFor + 12 * HOUR, passedOver }
}
function asked(schedule: Schedule, question: DueQuestion): ReturnType<typeof dueRuns> {
  return dueRuns(schedule, question)
}

describe('GEN-1: a run is due', () => {
  it('when its time has come, and once', () => {
    const looked = { lastLooked: TEN - 30_000 }
    expect(asked(NIGHTLY, { ...looked, now: TEN - 1 })).toEqual(NOTHING)
    expect(asked(NIGHTLY, { ...looked, now: TEN })).toEqual({ due: run(TEN), missed: undefined })
    expect(asked(NIGHTLY, { lastLooked: TEN, now: TEN + 30_000 })).toEqual(NOTHING)
  })

  it('never, where there are no rules', () => {
    expect(asked({ ...NIGHTLY, rules: [] }, { lastLooked: 0, now: TEN })).toEqual(NOTHING)
  })
})

describe('while the appliance was off', () => {
  const lastLooked = TEN - 3 * DAY - HOUR
  const three = { count: 3, first: TEN - 3 * DAY, last: TEN - DAY }

  it('the newest time alone is run soon', () => {
    expect(asked(NIGHTLY, { lastLooked, now: TEN + HOUR })).toEqual({ due: run(TEN, three), missed: undefined })
  })

  it('unless it has expired: then it is named as missed', () => {
    expect(asked(NIGHTLY, { lastLooked, now: TEN + 12 * HOUR })).toEqual({ due: run(TEN, three), missed: undefined })
    expect(asked(NIGHTLY, { lastLooked, now: TEN + 12 * HOUR + 1 })).toEqual({
      due: undefined,
      missed: { ...run(TEN, three), because: 'expired' },
    })
  })

  it('or the policy skips it', () => {
    expect(asked({ ...NIGHTLY, missed: 'skip' }, { lastLooked, now: TEN + HOUR })).toEqual({
      due: undefined,
      missed: { ...run(TEN, three), because: 'skip' },
    })
  })

  it('though a restart of up to five minutes misses nothing', () => {
    const skip: Schedule = { ...NIGHTLY, missed: 'skip' }
    const looked = { lastLooked: TEN - 1 }
    expect(asked(skip, { ...looked, now: TEN + 5 * MINUTE })).toEqual({ due: run(TEN), missed: undefined })
    expect(asked(skip, { ...looked, now: TEN + 5 * MINUTE + 1 }).missed).toMatchObject({ because: 'skip' })
  })
})

describe('a clock that was set', () => {
  it('back gives no time twice', () => {
    const before = { lastLooked: TEN + 10_000, lastScheduledFor: TEN }
    for (const now of [TEN - 23 * HOUR, TEN - HOUR, TEN - 1, TEN, TEN + 1])
      expect(asked(NIGHTLY, { ...before, now })).toEqual(NOTHING)
    // What was looked at last is before that time again.
    expect(asked(NIGHTLY, { lastLooked: TEN - HOUR, lastScheduledFor: TEN, now: TEN + MINUTE })).toEqual(NOTHING)
    expect(asked(NIGHTLY, { lastLooked: TEN - HOUR, lastScheduledFor: TEN, now: TEN + DAY })).toEqual({
      due: run(TEN + DAY),
      missed: undefined,
    })
  })

  it('back by a year, as it was a year ahead, does not stop the schedule for a year', () => {
    const ahead = TEN + 365 * DAY
    expect(asked(NIGHTLY, { lastLooked: ahead, lastScheduledFor: ahead, now: TEN - MINUTE })).toEqual(NOTHING)
    expect(asked(NIGHTLY, { lastLooked: TEN - MINUTE, lastScheduledFor: ahead, now: TEN })).toEqual({
      due: run(TEN),
      missed: undefined,
    })
  })

  it('ahead by ten years makes one run, not a million', () => {
    const now = TEN + 3653 * DAY
    let asks = 0
    const often: ScheduleRule = {
      type: 'interval',
      everyMinutes: 5,
      from: '00:00',
      until: '00:00',
      get days() {
        asks++
        return DAILY
      },
    }
    const counted = { ...NIGHTLY, rules: [often] }
    expect(asked(counted, { lastLooked: TEN, lastScheduledFor: TEN, now })).toEqual({
      due: run(now, { count: 1000, first: TEN + 5 * MINUTE, last: now - 5 * MINUTE }),
      missed: undefined,
    })
    expect(asks).toBeLessThan(50)
  })
})

it('the newest time may have begun the day before, over midnight', () => {
  const overnight: Schedule = {
    ...NIGHTLY,
    rules: [
      {
        type: 'interval',
        days: { type: 'week', weekdays: [7] },
        everyMinutes: 120,
        from: '22:00',
        until: '06:00',
      },
      { type: 'times', days: { type: 'week', weekdays: [1] }, times: ['01:00'] },
    ],
  }
  const six = TEN + 8 * HOUR
  expect(asked(overnight, { lastLooked: TEN - DAY, now: six + HOUR }).due).toMatchObject({ scheduledFor: six })
})

it('RET-17: a midnight is due at once, though the clock then shows the day before again', () => {
  const midnight = Date.parse('2006-10-29T02:30:00Z')
  const newfoundland: Schedule = {
    ...NIGHTLY,
    timeZone: 'America/St_Johns',
    rules: [{ type: 'times', days: DAILY, times: ['00:00'] }],
  }
  const now = midnight + 5 * MINUTE
  expect(dueRuns(newfoundland, { lastLooked: midnight - 1, now }).due).toMatchObject({ scheduledFor: midnight })
})
