import type {
  BandwidthWindow,
  PolicySettings,
  Retention,
  Schedule,
  ScheduleRule,
} from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import { daysText, listOf, weekdaysText, type Words } from './day-words.ts'
import { DAY_MINUTES, minutesOf, timeOf } from './time-of-day.ts'

export type SummaryWords = Words & Pick<Format, 'rate' | 'duration'>

/** What a policy does, in whole sentences: what a person should know of it without reading any field. */
export function summaryOf(settings: PolicySettings, words: SummaryWords): string[] {
  const { t } = words
  const { schedule, retention, bandwidth, retries, rpoHours, verifyEveryDays, skipsBeforeMove } = settings
  return [
    scheduleSentence(schedule, words),
    ...(schedule.rules.length > 0 ? waitingSentences(schedule, words) : []),
    retentionSentence(retention, words),
    ...bandwidth.map((window) => bandwidthSentence(window, words)),
    retries.attempts === 1
      ? t('policy.sentence.noRetry')
      : t('policy.sentence.retries', {
          attempts: retries.attempts,
          delay: words.duration(retries.firstDelayMinutes * 60),
        }),
    ...(schedule.rules.length > 0 ? [t('policy.sentence.skips', { n: skipsBeforeMove })] : []),
    rpoHours === null ? t('policy.sentence.noRpo') : t('policy.sentence.rpo', { n: rpoHours }),
    verifyEveryDays === null ? t('policy.sentence.noVerify') : t('policy.sentence.verify', { n: verifyEveryDays }),
  ]
}

function waitingSentences({ windows, missed, expireAfterMinutes }: Schedule, words: SummaryWords): string[] {
  const { t, locale } = words
  const open = listOf(
    windows.map((window) => windowText(window, words)),
    locale,
  )
  return [
    ...(windows.length > 0 ? [t('policy.sentence.windows', { windows: open })] : []),
    t('policy.sentence.expire', { time: words.duration(expireAfterMinutes * 60) }),
    t(`policy.sentence.missed.${missed}`),
  ]
}

/** All of it in a line: `Every day at 22:00. Kept: all for 30 days and one a week for 12 weeks.` Other zones are named. */
export function shortSummary({ schedule, retention }: PolicySettings, timeZone: string, words: Words): string {
  const { t, locale } = words
  const kept = (['days', 'weeks', 'months', 'years'] as const).flatMap((unit) =>
    retention[unit] > 0 ? [t(`policy.short.${unit}`, { n: retention[unit] })] : [],
  )
  const isOwn = schedule.rules.length === 0 || schedule.timeZone !== timeZone
  const begins = isOwn ? scheduleSentence(schedule, words) : `${rulesText(schedule.rules, words)}.`
  return `${begins} ${t('policy.short.kept', { kept: listOf(kept, locale) })}`
}

/** `Every day at 22:00, by the clock of Europe/Berlin.` */
export function scheduleSentence({ rules, timeZone }: Pick<Schedule, 'rules' | 'timeZone'>, words: Words): string {
  if (rules.length === 0) return words.t('policy.sentence.byHand')
  return words.t('policy.sentence.schedule', { rules: rulesText(rules, words), zone: timeZone })
}

function rulesText(rules: readonly ScheduleRule[], words: Words): string {
  return upperFirst(rules.map((rule) => ruleText(rule, words)).join('; '), words.locale)
}

function ruleText(rule: ScheduleRule, words: Words): string {
  const { t, locale } = words
  const days = daysText(rule.days, words)
  if (rule.type === 'times') {
    return t('policy.atTimes', { days, times: listOf([...new Set(rule.times)].toSorted(), locale) })
  }
  const every = everyText(rule.everyMinutes, words)
  const { from, until } = rule
  if (until === '00:00') return t('policy.atInterval', { days, every, from, until: t('policy.midnight') })
  return t(until < from ? 'policy.atIntervalOver' : 'policy.atInterval', { days, every, from, until })
}

/** `every 4 hours`, `every 90 minutes`. */
function everyText(minutes: number, { t }: Pick<Words, 't'>): string {
  return minutes % 60 === 0 ? t('policy.everyHours', { n: minutes / 60 }) : t('policy.everyMinutes', { n: minutes })
}

/** `All recovery points are kept for 30 days, the last one of each week for 12 weeks and …` */
export function retentionSentence({ days, weeks, months, years }: Retention, { t, locale }: Words): string {
  const kept = [
    t('policy.keepDays', { n: days }),
    ...(weeks > 0 ? [t('policy.keepWeeks', { n: weeks })] : []),
    ...(months > 0 ? [t('policy.keepMonths', { n: months })] : []),
    ...(years > 0 ? [t('policy.keepYears', { n: years })] : []),
  ]
  return `${listOf(kept, locale)}.`
}

function bandwidthSentence(window: BandwidthWindow, words: SummaryWords): string {
  return words.t('policy.sentence.bandwidth', {
    window: upperFirst(windowText(window, words), words.locale),
    rate: words.rate(window.bytesPerSecond),
  })
}

/** `Monday to Friday from 07:00 to 18:00`; over midnight it says so. */
export function windowText(
  {
    weekdays,
    start,
    minutes,
  }: { readonly weekdays: readonly number[]; readonly start: string; readonly minutes: number },
  words: Words,
): string {
  const { t } = words
  const days = weekdaysText(weekdays, words)
  if (minutes === DAY_MINUTES && start === '00:00') return t('policy.wholeDays', { days })
  const begin = minutesOf(start) ?? 0
  const end = begin + minutes
  const until = end === DAY_MINUTES ? t('policy.midnight') : timeOf(end)
  return t(end > DAY_MINUTES ? 'policy.windowOver' : 'policy.window', { days, start, until })
}

function upperFirst(text: string, locale: string): string {
  return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1)
}
