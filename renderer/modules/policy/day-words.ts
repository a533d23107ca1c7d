import type { ScheduleRule } from '../../../core/contract/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

/** What words of a policy are made of. `locale` names days and writes numbers. */
export interface Words extends Pick<Text, 't'> {
  readonly locale: string
}

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

/** `Monday`, or `Mon`: 1 to 7. */
export function weekdayName(weekday: number, locale: string, length: 'long' | 'short' = 'long'): string {
  return new Intl.DateTimeFormat(locale, { weekday: length, timeZone: 'UTC' }).format(MONDAY + (weekday - 1) * DAY)
}

/** `A, B and C`: as British English has it, where it is English. */
export function listOf(parts: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale === 'en' ? 'en-GB' : locale, { type: 'conjunction' }).format(parts)
}

/** `every day`, `Monday to Friday`, `Monday, Wednesday and Sunday`. */
export function weekdaysText(weekdays: readonly number[], { t, locale }: Words): string {
  const days = [...new Set(weekdays)].toSorted((a, b) => a - b)
  if (days.length === 0) return t('policy.noDay')
  if (days.length === 7) return t('policy.everyDay')
  const first = days[0] ?? 1
  const last = days.at(-1) ?? first
  const name = (day: number): string => weekdayName(day, locale)
  if (days.length > 2 && last - first === days.length - 1) {
    return t('policy.fromTo', { from: name(first), to: name(last) })
  }
  return listOf(days.map(name), locale)
}

/** `on day 1 and the last day of each month`. A month without a day 31 has its last one instead. */
function monthDaysText(days: readonly number[], { t, locale }: Words): string {
  const sorted = [...new Set(days)].toSorted((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b))
  if (sorted.length === 0) return t('policy.noDay')
  const names = sorted.map((day) => (day === -1 ? t('policy.lastDay') : t('policy.dayOf', { day })))
  return t('policy.monthDays', { days: listOf(names, locale) })
}

export function daysText(days: ScheduleRule['days'], words: Words): string {
  return days.type === 'week' ? weekdaysText(days.weekdays, words) : monthDaysText(days.days, words)
}
