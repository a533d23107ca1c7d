import type { Policy, PolicySettings } from '../../../../core/contract/index.ts'
import { DAY, idOf, instantAt, NOW } from './ids.ts'

export const NIGHTLY: PolicySettings = {
  schedule: {
    timeZone: 'Europe/Berlin',
    rules: [{ type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: ['22:00'] }],
    windows: [],
    missed: 'run-soon',
    expireAfterMinutes: 720,
  },
  retention: { days: 30, weeks: 12, months: 12, years: 0 },
  bandwidth: [{ weekdays: [1, 2, 3, 4, 5], start: '07:00', minutes: 660, bytesPerSecond: 20_000_000 }],
  retries: { attempts: 3, firstDelayMinutes: 5 },
  rpoHours: 26,
  skipsBeforeMove: 3,
  verifyEveryDays: 30,
}

const OFTEN: PolicySettings = {
  ...NIGHTLY,
  rpoHours: 6,
  schedule: {
    ...NIGHTLY.schedule,
    rules: [
      {
        type: 'interval',
        days: { type: 'week', weekdays: [1, 2, 3, 4, 5] },
        everyMinutes: 240,
        from: '06:00',
        until: '22:00',
      },
    ],
  },
}

/** What is due on Saturday at noon expires before the window of Monday. */
const IN_WINDOWS: PolicySettings = {
  ...NIGHTLY,
  rpoHours: 100,
  schedule: {
    ...NIGHTLY.schedule,
    timeZone: 'America/New_York',
    rules: [
      { type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5, 6] }, times: ['12:00'] },
      { type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5] }, times: ['23:30'] },
    ],
    windows: [{ weekdays: [1, 2, 3, 4, 5], start: '20:00', minutes: 600 }],
  },
}

const MONTHLY: PolicySettings = {
  ...NIGHTLY,
  bandwidth: [],
  retention: { days: 90, weeks: 0, months: 24, years: 7 },
  rpoHours: null,
  schedule: {
    ...NIGHTLY.schedule,
    rules: [{ type: 'times', days: { type: 'month', days: [15, -1] }, times: ['18:00'] }],
  },
}

const BY_HAND: PolicySettings = {
  ...NIGHTLY,
  bandwidth: [],
  retention: { days: 365, weeks: 0, months: 0, years: 0 },
  rpoHours: null,
  verifyEveryDays: null,
  schedule: { ...NIGHTLY.schedule, rules: [] },
}

/** The last one is used by no set. */
export function makePolicies(): Policy[] {
  return (
    [
      ['Nightly, 30 days', NIGHTLY],
      ['Every four hours', OFTEN],
      ['New York, at night', IN_WINDOWS],
      ['Month end, for the auditors', MONTHLY],
      ['Before changes, by hand', BY_HAND],
    ] as const
  ).map(([name, settings], index) => ({
    id: idOf(4, index),
    name,
    settings,
    createdAt: instantAt(NOW - (200 - index) * DAY),
    changedAt: instantAt(NOW - (20 + index) * DAY),
    sets: 0,
  }))
}

/** Which of them a set uses, by its place in the list of sets. */
export function policyOf(index: number): number {
  if (index === 18) return 2
  if (index === 19) return 3
  return index % 6 === 5 ? 1 : 0
}
