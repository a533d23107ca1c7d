import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'

import type { PolicySettings, ScheduleRule } from '../../../../core/contract/index.ts'
import { laterBy, localTimeOf } from '../../../../renderer/modules/policy/local-time.ts'
import { nextRunOf } from '../../../../renderer/modules/policy/next-run.ts'
import { newPolicy } from '../../../../renderer/modules/policy/policy-draft.ts'
import {
  retentionSentence,
  scheduleSentence,
  shortSummary,
  type SummaryWords,
  summaryOf,
  windowText,
} from '../../../../renderer/modules/policy/policy-summary.ts'
import { reasonsAt, reasonText } from '../../../../renderer/modules/policy/retention-words.ts'
import { minutesOf, minutesUntil, timeOf } from '../../../../renderer/modules/policy/time-of-day.ts'
import { longestGap, waitFor, weekOf } from '../../../../renderer/modules/policy/week-of.ts'
import { dayText } from '../../../../renderer/modules/policy/week-words.ts'
import { formatBytes, formatDuration } from '../../../../renderer/shared/format/index.ts'
import { messages as de } from '../../../../renderer/shared/i18n/de/messages.ts'
import { messages as en } from '../../../../renderer/shared/i18n/en/messages.ts'

function wordsOf(locale: 'en' | 'de'): SummaryWords {
  const { global } = createI18n({ legacy: false, locale, messages: { en, de } })
  const t: SummaryWords['t'] = (key, values = {}) =>
    values.n === undefined ? global.t(key, { ...values }) : global.t(key, { ...values }, values.n)
  return {
    locale,
    t,
    rate: (bytes) => `${formatBytes(bytes, locale)}/s`.replaceAll('\u00A0', ' '),
    duration: (seconds) => formatDuration(seconds, locale),
  }
}
const english = wordsOf('en')
const german = wordsOf('de')

const ALL = [1, 2, 3, 4, 5, 6, 7]
const week = (weekdays: number[]): ScheduleRule['days'] => ({ type: 'week', weekdays })
const at = (days: ScheduleRule['days'], ...times: string[]): ScheduleRule => ({ type: 'times', days, times })
const every = (everyMinutes: number, from: string, until: string, weekdays = ALL): ScheduleRule => ({
  type: 'interval',
  days: week(weekdays),
  everyMinutes,
  from,
  until,
})
const schedule = (...rules: ScheduleRule[]) => ({ rules, timeZone: 'Europe/Berlin' })
const settings = (part: Partial<PolicySettings>): PolicySettings => ({ ...newPolicy('Europe/Berlin'), ...part })

describe('a schedule in words', () => {
  it.each<[ScheduleRule[], string, string]>([
    [
      [at(week(ALL), '22:00')],
      'Every day at 22:00, by the clock of Europe/Berlin.',
      'Jeden Tag um 22:00 Uhr, nach der Uhr von Europe/Berlin.',
    ],
    [
      [at(week([5, 4, 3, 2, 1]), '18:00', '06:00')],
      'Monday to Friday at 06:00 and 18:00, by the clock of Europe/Berlin.',
      'Montag bis Freitag um 06:00 und 18:00 Uhr, nach der Uhr von Europe/Berlin.',
    ],
    [
      [at(week([6, 7]), '12:00')],
      'Saturday and Sunday at 12:00, by the clock of Europe/Berlin.',
      'Samstag und Sonntag um 12:00 Uhr, nach der Uhr von Europe/Berlin.',
    ],
    [
      [at({ type: 'month', days: [-1, 15, 1] }, '22:00')],
      'On day 1, day 15 and the last day of each month at 22:00, by the clock of Europe/Berlin.',
      'Am 1., am 15. und am letzten Tag jedes Monats um 22:00 Uhr, nach der Uhr von Europe/Berlin.',
    ],
    [
      [every(240, '06:00', '22:00', [1, 2, 3, 4, 5])],
      'Monday to Friday, every 4 hours from 06:00 to 22:00, by the clock of Europe/Berlin.',
      'Montag bis Freitag alle 4 Stunden von 06:00 bis 22:00, nach der Uhr von Europe/Berlin.',
    ],
    [
      [every(90, '00:00', '00:00')],
      'Every day, every 90 minutes from 00:00 to midnight, by the clock of Europe/Berlin.',
      'Jeden Tag alle 90 Minuten von 00:00 bis Mitternacht, nach der Uhr von Europe/Berlin.',
    ],
    [
      [every(60, '20:00', '04:00')],
      'Every day, every hour from 20:00 to 04:00 of the next day, by the clock of Europe/Berlin.',
      'Jeden Tag jede Stunde von 20:00 bis 04:00 des nächsten Tages, nach der Uhr von Europe/Berlin.',
    ],
    [
      [at(week([1]), '22:00'), at(week([3, 5, 7]), '23:00')],
      'Monday at 22:00; Wednesday, Friday and Sunday at 23:00, by the clock of Europe/Berlin.',
      'Montag um 22:00 Uhr; Mittwoch, Freitag und Sonntag um 23:00 Uhr, nach der Uhr von Europe/Berlin.',
    ],
    [[], 'Only when somebody asks for it.', 'Nur wenn jemand es verlangt.'],
  ])('%j', (rules, inEnglish, inGerman) => {
    expect(scheduleSentence(schedule(...rules), english)).toBe(inEnglish)
    expect(scheduleSentence(schedule(...rules), german)).toBe(inGerman)
  })
})

describe('retention in words', () => {
  it.each([
    [
      { days: 30, weeks: 12, months: 12, years: 0 },
      'All recovery points are kept for 30 days, the last one of each week for 12 weeks and the last one of each month for 12 months.',
      'Alle Wiederherstellungspunkte bleiben 30 Tage, der letzte jeder Woche 12 Wochen und der letzte jedes Monats 12 Monate.',
    ],
    [
      { days: 1, weeks: 0, months: 0, years: 0 },
      'All recovery points are kept for 1 day.',
      'Alle Wiederherstellungspunkte bleiben 1 Tag.',
    ],
    [
      { days: 7, weeks: 0, months: 0, years: 1 },
      'All recovery points are kept for 7 days and the last one of each year for 1 year.',
      'Alle Wiederherstellungspunkte bleiben 7 Tage und der letzte jedes Jahres 1 Jahr.',
    ],
  ])('%j', (retention, inEnglish, inGerman) => {
    expect(retentionSentence(retention, english)).toBe(inEnglish)
    expect(retentionSentence(retention, german)).toBe(inGerman)
  })
})

describe('the whole of a policy in words', () => {
  it('says everything that a person should know of it', () => {
    const windows = [{ weekdays: [1, 2, 3, 4, 5], start: '20:00', minutes: 600 }]
    const bandwidth = [{ weekdays: [1, 2, 3, 4, 5], start: '07:00', minutes: 660, bytesPerSecond: 20 * 1024 ** 2 }]
    const base = newPolicy('Europe/Berlin')
    expect(summaryOf({ ...base, schedule: { ...base.schedule, windows }, bandwidth }, english)).toEqual([
      'Every day at 22:00, by the clock of Europe/Berlin.',
      'Scheduled runs begin only in these windows: Monday to Friday from 20:00 to 06:00 of the next day. What is due at another time waits for the next one.',
      'A scheduled run that cannot begin within 12 hr is left out.',
      'What was missed while the appliance was off is made up for soon.',
      'All recovery points are kept for 30 days, the last one of each week for 12 weeks and the last one of each month for 12 months.',
      'Monday to Friday from 07:00 to 18:00 scheduled runs store no faster than 20.0 MiB/s.',
      'A run that fails for a reason that may pass is tried 3 times in all: again after 5 min, and after twice as long each further time.',
      'Where the computer that reads a source is away, 3 scheduled runs in a row are left out before another one takes over.',
      'An alert is raised where the newest complete point is older than 26 hours.',
      'Every 30 days a sample of what was backed up is restored and compared.',
    ])
  })

  it('says what it does not do', () => {
    const base = settings({ rpoHours: null, verifyEveryDays: null, retries: { attempts: 1, firstDelayMinutes: 5 } })
    const sentences = summaryOf({ ...base, schedule: { ...base.schedule, rules: [] } }, english)
    expect(sentences).toEqual([
      'Only when somebody asks for it.',
      'All recovery points are kept for 30 days, the last one of each week for 12 weeks and the last one of each month for 12 months.',
      'A run that fails is not tried again before its next time.',
      'No alert is raised for the age of the newest point.',
      'No sample of it is restored and compared by itself.',
    ])
  })

  it.each([
    [{ weekdays: ALL, start: '00:00', minutes: 1440 }, 'every day all day'],
    [{ weekdays: [1], start: '20:00', minutes: 240 }, 'Monday from 20:00 to midnight'],
    [{ weekdays: [1], start: '20:00', minutes: 241 }, 'Monday from 20:00 to 00:01 of the next day'],
  ])('tells a window that ends at midnight from one that goes on: %j', (window, text) => {
    expect(windowText(window, english)).toBe(text)
  })
})

function drawn(part: Partial<PolicySettings['schedule']>, bandwidth: PolicySettings['bandwidth'] = []) {
  const base = newPolicy('Europe/Berlin')
  return weekOf({ schedule: { ...base.schedule, ...part }, bandwidth })
}

const minutesOn = (drawing: ReturnType<typeof drawn>, weekday: number): number[] | undefined =>
  drawing.days[weekday - 1]?.starts.map(({ minute }) => minute)

const NIGHTS = [{ weekdays: [1, 2, 3, 4, 5], start: '20:00', minutes: 600 }]

describe('a week as it is drawn', () => {
  it('has the times of each day once, in order', () => {
    const drawing = drawn({ rules: [at(week([1]), '22:00', '06:00'), at(week([1, 2]), '22:00')] })
    expect(ALL.map((day) => minutesOn(drawing, day))).toEqual([[360, 1320], [1320], [], [], [], [], []])
  })

  it('has an interval with its end, and without midnight, where the next day begins', () => {
    expect(minutesOn(drawn({ rules: [every(240, '06:00', '22:00', [3])] }), 3)).toEqual([360, 600, 840, 1080, 1320])
    const whole = drawn({ rules: [every(720, '00:00', '00:00', [3])] })
    expect(minutesOn(whole, 3)).toEqual([0, 720])
    expect(minutesOn(whole, 4)).toEqual([])
  })

  it('has what goes on over midnight on both days, from Sunday to Monday, too', () => {
    const over = drawn({
      rules: [every(180, '20:00', '04:00', [7])],
      windows: [{ weekdays: [7], start: '20:00', minutes: 600 }],
    })
    expect([minutesOn(over, 7), minutesOn(over, 1), minutesOn(over, 2)]).toEqual([[1200, 1380], [120], []])
    expect(over.days[6]?.open).toEqual([{ from: 1200, until: 1440 }])
    expect(over.days[0]?.open).toEqual([{ from: 0, until: 360 }])
    expect(over.days[1]?.open).toEqual([])
  })

  it('tells no window at all from windows that are closed, and joins those that meet', () => {
    expect(drawn({ windows: [] }).days[0]?.open).toBeUndefined()
    const windows = [
      { weekdays: [1], start: '12:00', minutes: 60 },
      { weekdays: [1], start: '08:00', minutes: 240 },
      { weekdays: [1], start: '15:00', minutes: 60 },
    ]
    expect(drawn({ windows }).days[0]?.open).toEqual([
      { from: 480, until: 780 },
      { from: 900, until: 960 },
    ])
  })

  it('says how fast is stored when', () => {
    const limit = { weekdays: [1], start: '07:00', minutes: 660, bytesPerSecond: 1_000_000 }
    expect(drawn({}, [limit]).days[0]?.slow).toEqual([{ from: 420, until: 1080, bytesPerSecond: 1_000_000 }])
  })

  it('says that days of the month are not in it', () => {
    const { days, hasMonthRules } = drawn({ rules: [at({ type: 'month', days: [1] }, '22:00')] })
    expect(hasMonthRules).toBe(true)
    expect(days.every(({ starts }) => starts.length === 0)).toBe(true)
  })

  it('is told in words, with windows and limits', () => {
    const limit = { weekdays: [5], start: '07:00', minutes: 660, bytesPerSecond: 20 * 1024 ** 2 }
    const { days } = drawn({ rules: [at(week([5, 6]), '12:00', '23:30')], windows: NIGHTS }, [limit])
    const said = days.map((day) => dayText(day, english))
    expect(said[0]).toBe('No run is due. Runs may begin from 20:00 to midnight.')
    expect(said[4]).toBe(
      'Due: 12:00, which waits until Fri 20:00; 23:30. Runs may begin from 00:00 to 06:00 and from 20:00 to midnight. From 07:00 to 18:00 no faster than 20.0 MiB/s.',
    )
    expect(said[5]).toContain('12:00, which expires before a window opens')
    expect(said[6]).toBe('No run is due. No run may begin.')
  })
})

describe('what windows make of a time', () => {
  const windows = NIGHTS
  it.each([
    ['within one', { weekday: 1, minute: 1380 }, 720, 0],
    ['after midnight within one', { weekday: 6, minute: 300 }, 720, 0],
    ['at its very end, where it has closed', { weekday: 2, minute: 360 }, 840, 840],
    ['before the next', { weekday: 1, minute: 720 }, 480, 480],
    ['before the next, and it cannot wait for so long', { weekday: 1, minute: 720 }, 479, undefined],
    ['over the weekend', { weekday: 6, minute: 720 }, 10_080, 56 * 60],
  ])('is right %s', (_, due, expireAfterMinutes, wait) => {
    expect(waitFor({ windows, expireAfterMinutes }, due)).toBe(wait)
  })

  it('is nothing where there are none', () => {
    expect(waitFor({ windows: [], expireAfterMinutes: 5 }, { weekday: 1, minute: 0 })).toBe(0)
  })

  it('goes around the week to the window of the same day', () => {
    const early = [{ weekdays: [1], start: '08:00', minutes: 60 }]
    expect(waitFor({ windows: early, expireAfterMinutes: 10_080 }, { weekday: 1, minute: 600 })).toBe(10_080 - 120)
  })
})

const gapOf = (part: Partial<PolicySettings['schedule']>): number | undefined =>
  longestGap({ ...newPolicy('Europe/Berlin').schedule, ...part })

describe('the longest time without a run', () => {
  it('is from one run of the week to the next, the first of the next week included', () => {
    expect(gapOf({ rules: [at(week(ALL), '22:00')] })).toBe(24 * 60)
    expect(gapOf({ rules: [at(week([1, 2, 3, 4, 5]), '22:00')] })).toBe(72 * 60)
    expect(gapOf({ rules: [at(week([3]), '22:00')] })).toBe(7 * 24 * 60)
  })

  it('counts when runs begin, not when they are due, and not those that expire', () => {
    const rules = [at(week([1, 2, 3, 4, 5, 6]), '12:00')]
    expect(gapOf({ rules, windows: NIGHTS })).toBe(72 * 60)
  })

  it('is not said of days of the month, nor where nothing begins', () => {
    expect(gapOf({ rules: [at({ type: 'month', days: [1] }, '22:00')] })).toBeUndefined()
    expect(gapOf({ rules: [] })).toBeUndefined()
  })
})

describe('a clock of a zone', () => {
  it('shows an instant there', () => {
    expect(localTimeOf('2026-11-22T23:30:00.000Z', 'Europe/Berlin')).toEqual({ weekday: 1, minute: 30 })
    expect(localTimeOf('2026-11-22T23:30:00.000Z', 'America/New_York')).toEqual({ weekday: 7, minute: 1110 })
    expect(localTimeOf('2026-11-22T23:30:00.000Z', 'Mars/Olympus')).toBeUndefined()
  })

  it('goes on over midnight and over the week', () => {
    expect(laterBy({ weekday: 7, minute: 1380 }, 90)).toEqual({ weekday: 1, minute: 30 })
    expect(laterBy({ weekday: 3, minute: 0 }, 7 * 1440)).toEqual({ weekday: 3, minute: 0 })
  })
})

describe('why a point is kept', () => {
  it('names its period as people do', () => {
    expect(reasonText({ rule: 'weekly', period: '2026-W05' }, english)).toBe('The last of week 5 of 2026')
    expect(reasonText({ rule: 'monthly', period: '2026-02' }, english)).toBe('The last of February 2026')
    expect(reasonText({ rule: 'monthly', period: '2026-02' }, german)).toBe('Der letzte aus Februar 2026')
    expect(reasonText({ rule: 'yearly', period: '2026' }, english)).toBe('The last of 2026')
  })

  it('leaves out what is over', () => {
    const now = Date.parse('2026-11-22T00:00:00.000Z')
    const reasons = [
      { rule: 'newest' as const, period: null, until: null },
      { rule: 'monthly' as const, period: '2026-01', until: '2026-11-22T00:00:00.001Z' },
      { rule: 'daily' as const, period: null, until: '2026-11-22T00:00:00.000Z' },
    ]
    expect(reasonsAt({ reasons }, now).map(({ rule }) => rule)).toEqual(['newest', 'monthly'])
  })
})

it('says a policy in a line', () => {
  const zone = 'Europe/Berlin'
  expect(shortSummary(newPolicy(zone), zone, english)).toBe(
    'Every day at 22:00. Kept: all for 30 days, one a week for 12 weeks and one a month for 12 months.',
  )
  expect(shortSummary(newPolicy(zone), zone, german)).toBe(
    'Jeden Tag um 22:00 Uhr. Es bleiben: sämtliche für 30 Tage, einer je Woche für 12 Wochen und einer je Monat für 12 Monate.',
  )
})

it('says in a line whose clock it is, where that is not the appliance’s', () => {
  expect(shortSummary(newPolicy('America/New_York'), 'Europe/Berlin', english)).toContain(
    'Every day at 22:00, by the clock of America/New_York. Kept:',
  )
})

it('runs next when the first of its sets does', () => {
  const later = '2026-11-23T21:00:00.000Z'
  const sooner = '2026-11-22T21:00:00.000Z'
  expect(nextRunOf([{ nextRunAt: later }, { nextRunAt: null }, { nextRunAt: sooner }])).toBe(sooner)
  expect(nextRunOf([{ nextRunAt: null }])).toBeUndefined()
})

describe('times of day', () => {
  it('are minutes and back', () => {
    expect(minutesOf('22:05')).toBe(1325)
    expect(['24:00', '7:00', '', '12:60'].map(minutesOf)).toEqual([undefined, undefined, undefined, undefined])
    expect([timeOf(1325), timeOf(1440), timeOf(1500)]).toEqual(['22:05', '00:00', '01:00'])
  })

  it('are so far from each other, and a day where they are the same', () => {
    expect(minutesUntil('20:00', '06:00')).toBe(600)
    expect(minutesUntil('06:00', '20:00')).toBe(840)
    expect(minutesUntil('06:00', '06:00')).toBe(1440)
    expect(minutesUntil('06:00', '')).toBeUndefined()
  })
})
