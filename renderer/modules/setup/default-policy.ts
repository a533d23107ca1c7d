import type { PolicySettings } from '../../../core/contract/index.ts'

export interface SimplePolicy {
  /** `22:00`. */
  readonly at: string
  readonly timeZone: string
  readonly days: number
  readonly weeks: number
  readonly months: number
}

/**
 * A policy that fits most: every night, and kept for a year in steps that grow. A missed night is an alert two hours after
 * the next one should have been there.
 */
export function simplePolicy({ at, timeZone, days, weeks, months }: SimplePolicy): PolicySettings {
  return {
    schedule: {
      timeZone,
      rules: [{ type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: [at] }],
      windows: [],
      missed: 'run-soon',
      expireAfterMinutes: 720,
    },
    retention: { days, weeks, months, years: 0 },
    bandwidth: [],
    retries: { attempts: 3, firstDelayMinutes: 5 },
    rpoHours: 26,
    skipsBeforeMove: 3,
    verifyEveryDays: 30,
  }
}
