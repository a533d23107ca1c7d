import { expect, it } from 'vitest'

import {
  type BandwidthWindow,
  type DayWindow,
  type Schedule,
  type ScheduleDays,
  type ScheduleRule,
  validateBandwidth,
  validateSchedule,
} from '../../../../../core/policy/index.ts'

const MONDAYS: ScheduleDays = { type: 'week', weekdays: [1] }
const TIMES: ScheduleRule = { type: 'times', days: MONDAYS, times: ['22:00'] }
const INTERVAL: ScheduleRule = { type: 'interval', days: MONDAYS, everyMinutes: 60, from: '08:00', until: '18:00' }
const WINDOW: DayWindow = { weekdays: [1], start: '22:00', minutes: 480 }
const GOOD: Schedule = {
  timeZone: 'Europe/Berlin',
  rules: [TIMES, INTERVAL],
  windows: [WINDOW],
  missed: 'run-soon',
  expireAfterMinutes: 720,
}

it.each<[string, Partial<Schedule>]>([
  ['as it should be', {}],
  ['of no rules', { rules: [], windows: [] }],
  ['over midnight', { rules: [{ ...INTERVAL, from: '22:00', until: '06:00' }] }],
  ['of the whole day', { rules: [{ ...INTERVAL, from: '00:00', until: '00:00' }] }],
  ['of an offset', { timeZone: '+14:00' }],
  ['of the last day', { rules: [{ ...TIMES, days: { type: 'month', days: [-1, 31] } }] }],
])('takes a schedule %s', (_, change) => {
  expect(() => {
    validateSchedule({ ...GOOD, ...change })
  }).not.toThrow()
})

it.each<[string, Partial<Schedule>]>([
  ['timeZone', { timeZone: 'Europe/Atlantis' }],
  ['timeZone', { timeZone: '' }],
  ['rules.0.days.weekdays', { rules: [{ ...TIMES, days: { type: 'week', weekdays: [] } }] }],
  ['rules.1.days.weekdays', { rules: [TIMES, { ...TIMES, days: { type: 'week', weekdays: [1, 8] } }] }],
  ['rules.0.days.days', { rules: [{ ...TIMES, days: { type: 'month', days: [] } }] }],
  ['rules.0.days.days', { rules: [{ ...TIMES, days: { type: 'month', days: [0] } }] }],
  ['rules.0.days.days', { rules: [{ ...TIMES, days: { type: 'month', days: [1, 32] } }] }],
  ['rules.0.days.days', { rules: [{ ...TIMES, days: { type: 'month', days: [-2] } }] }],
  ['rules.0.times', { rules: [{ ...TIMES, times: [] }] }],
  ['rules.0.times.1', { rules: [{ ...TIMES, times: ['22:00', '24:00'] }] }],
  ['rules.0.times.0', { rules: [{ ...TIMES, times: ['7:00'] }] }],
  ['rules.0.everyMinutes', { rules: [{ ...INTERVAL, everyMinutes: 4 }] }],
  ['rules.0.everyMinutes', { rules: [{ ...INTERVAL, everyMinutes: Number.NaN }] }],
  ['rules.0.from', { rules: [{ ...INTERVAL, from: 'noon' }] }],
  ['rules.0.until', { rules: [{ ...INTERVAL, until: '18:60' }] }],
  ['rules.0.until', { rules: [{ ...INTERVAL, from: '08:00', until: '08:00' }] }],
  ['windows.0.weekdays', { windows: [{ ...WINDOW, weekdays: [] }] }],
  ['windows.1.start', { windows: [WINDOW, { ...WINDOW, start: '' }] }],
  ['windows.0.minutes', { windows: [{ ...WINDOW, minutes: 0 }] }],
  ['windows.0.minutes', { windows: [{ ...WINDOW, minutes: 1441 }] }],
  ['expireAfterMinutes', { expireAfterMinutes: 4 }],
  ['expireAfterMinutes', { expireAfterMinutes: 10_081 }],
])('refuses what is wrong with %s: %j', (field, change) => {
  expect(() => {
    validateSchedule({ ...GOOD, ...change })
  }).toThrow(expect.objectContaining({ code: 'input/invalid', context: { field } }))
})

it.each<[string, Partial<BandwidthWindow>]>([
  ['bandwidth.0.bytesPerSecond', { bytesPerSecond: 65_535 }],
  ['bandwidth.0.weekdays', { weekdays: [] }],
])('refuses what is wrong with %s', (field, change) => {
  const good: BandwidthWindow = { ...WINDOW, bytesPerSecond: 65_536 }
  expect(() => {
    validateBandwidth([good])
  }).not.toThrow()
  expect(() => {
    validateBandwidth([{ ...good, ...change }])
  }).toThrow(expect.objectContaining({ code: 'input/invalid', context: { field } }))
})
