import { describe, expect, it } from 'vitest'

import { monthDaysOf, spanOf, weekdaysOf, weekdaysText } from '../../../../../core/cli/client/policy/days.ts'
import { policyParts } from '../../../../../core/cli/client/policy/policy-text.ts'
import {
  bandwidthOf,
  dailyRule,
  intervalRule,
  monthlyRule,
  weeklyRule,
  windowOf,
} from '../../../../../core/cli/client/policy/rules.ts'
import { changedSettings, usualSettings } from '../../../../../core/cli/client/policy/settings-of-options.ts'
import { PolicySettings } from '../../../../../core/contract/index.ts'

describe('what a policy is said to be by', () => {
  it.each([
    ['sun', [7]],
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat,MON', [1, 6]],
    // Over the end of a week.
    ['fri-mon', [1, 5, 6, 7]],
    ['mon,mon', [1]],
  ])('days of the week: %s', (text, days) => expect(weekdaysOf(text)).toEqual(days))

  it.each(['', 'sunday', 'mon-', 'mon-tue-wed', '1'])('no days of the week: %j', (text) => {
    expect(() => weekdaysOf(text)).toThrow('no days of the week')
  })

  it('days of a month, from the end too, and no others', () => {
    expect(monthDaysOf('1,15,-1')).toEqual([1, 15, -1])
    for (const text of ['0', '32', '-2', 'x', '']) expect(() => monthDaysOf(text)).toThrow('no days of a month')
  })

  it('spans of a day, to its very end too', () => {
    expect(spanOf('8:00-18:30')).toEqual(['08:00', '18:30'])
    expect(spanOf('20:00-24:00')).toEqual(['20:00', '00:00'])
    for (const text of ['8', '08:00', '08:00-25:00', '08:00-09:60', '08:00-09:00-10:00'])
      expect(() => spanOf(text)).toThrow()
  })

  it('are rules that the service takes, each option adding to those before it', () => {
    const rules = monthlyRule('-1@04:00', weeklyRule('sun,wed@22:00', dailyRule('12:00,22:00')))
    const settings = changedSettings(usualSettings('UTC'), {
      daily: rules,
      every: 240,
      between: '08:00-18:00',
      on: 'mon-fri',
    })
    expect(PolicySettings.parse(settings)).toEqual(settings)
    expect(settings.schedule.rules).toMatchObject([
      { type: 'times', times: ['12:00', '22:00'] },
      { type: 'times', days: { type: 'week', weekdays: [3, 7] } },
      { type: 'times', days: { type: 'month', days: [-1] }, times: ['04:00'] },
      { type: 'interval', everyMinutes: 240, from: '08:00', until: '18:00', days: { weekdays: [1, 2, 3, 4, 5] } },
    ])
  })

  it('a window that goes over midnight, or lasts a whole day', () => {
    expect(windowOf('fri@20:00-06:00')).toEqual([{ weekdays: [5], start: '20:00', minutes: 600 }])
    expect(windowOf('00:00-24:00')).toMatchObject([{ start: '00:00', minutes: 1440 }])
    expect(bandwidthOf('mon-fri@08:00-18:00=10M')).toEqual([
      { weekdays: [1, 2, 3, 4, 5], start: '08:00', minutes: 600, bytesPerSecond: 10 * 1024 * 1024 },
    ])
    expect(() => bandwidthOf('mon-fri@08:00-18:00')).toThrow('no limit')
  })

  it('changes what is given, and nothing else', () => {
    const before = { ...usualSettings('UTC'), rpoHours: 26 }
    expect(changedSettings(before, {})).toEqual(before)
    expect(changedSettings(before, { keepYears: 7, rpo: null })).toEqual({
      ...before,
      retention: { ...before.retention, years: 7 },
      rpoHours: null,
    })
    const daily = changedSettings(before, { daily: dailyRule('22:00') })
    expect(changedSettings(daily, { weekly: weeklyRule('sun@22:00') }).schedule.rules).toHaveLength(1)
    expect(changedSettings(daily, { manual: true }).schedule.rules).toEqual([])
  })

  it('contradictions are refused', () => {
    const before = usualSettings('UTC')
    expect(() => changedSettings(before, { manual: true, daily: dailyRule('22:00') })).toThrow('--manual')
    expect(() => changedSettings(before, { on: 'mon' })).toThrow('--every')
  })

  it('is told as it is said', () => {
    expect(weekdaysText([1, 2, 3, 5, 7])).toBe('mon-wed,fri,sun')
    const rules = [...monthlyRule('-1@04:00'), intervalRule(30, '08:00-18:00', 'sat,sun')]
    const [begins] = policyParts(
      changedSettings(usualSettings('UTC'), { daily: rules, window: windowOf('fri@20:00-06:00') }),
    )
    expect(begins).toEqual(['Begins', 'last day of the month 04:00; every 30 min 08:00-18:00 sat,sun'])
  })
})
