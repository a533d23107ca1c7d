import type { PolicySettings, ScheduleRule } from '../../../core/contract/index.ts'

export type DayWindow = PolicySettings['schedule']['windows'][number]

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const WORKDAYS = [1, 2, 3, 4, 5]

export function newRule(type: ScheduleRule['type'], days: ScheduleRule['days']): ScheduleRule {
  return type === 'times'
    ? { type, days, times: ['22:00'] }
    : { type, days, everyMinutes: 240, from: '06:00', until: '22:00' }
}

export function newDays(type: ScheduleRule['days']['type']): ScheduleRule['days'] {
  return type === 'week' ? { type, weekdays: EVERY_DAY } : { type, days: [1] }
}

export function newWindow(): DayWindow {
  return { weekdays: WORKDAYS, start: '20:00', minutes: 600 }
}

/** Every night at 22:00, kept in steps that grow. */
export function newPolicy(timeZone: string): PolicySettings {
  return {
    schedule: {
      timeZone,
      rules: [newRule('times', newDays('week'))],
      windows: [],
      missed: 'run-soon',
      expireAfterMinutes: 720,
    },
    retention: { days: 30, weeks: 12, months: 12, years: 0 },
    bandwidth: [],
    retries: { attempts: 3, firstDelayMinutes: 5 },
    rpoHours: 26,
    skipsBeforeMove: 3,
    verifyEveryDays: 30,
  }
}
