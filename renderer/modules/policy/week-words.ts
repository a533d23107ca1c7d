import { listOf, weekdayName } from './day-words.ts'
import { type LocalTime, laterBy } from './local-time.ts'
import type { SummaryWords } from './policy-summary.ts'
import { DAY_MINUTES, timeOf } from './time-of-day.ts'
import type { Span, WeekDay, WeekStart } from './week-of.ts'

/** What is drawn of a day, in words: for those who cannot see it. */
export function dayText({ weekday, starts, open, slow }: WeekDay, words: SummaryWords): string {
  const { t, locale } = words
  const spans = (open ?? []).map((span) => t('policy.day.span', edgesOf(span, words)))
  return [
    starts.length === 0
      ? t('policy.day.noStart')
      : t('policy.day.starts', { times: starts.map((start) => startText(weekday, start, words)).join('; ') }),
    ...(open === undefined
      ? []
      : [open.length === 0 ? t('policy.day.closed') : t('policy.day.open', { spans: listOf(spans, locale) })]),
    ...slow.map((span) => t('policy.day.slow', { ...edgesOf(span, words), rate: words.rate(span.bytesPerSecond) })),
  ].join(' ')
}

function startText(weekday: number, { minute, wait }: WeekStart, words: SummaryWords): string {
  const time = timeOf(minute)
  if (wait === 0) return time
  if (wait === undefined) return words.t('policy.day.expires', { time })
  return words.t('policy.day.waits', { time, until: clockText(laterBy({ weekday, minute }, wait), words.locale) })
}

/** `Mon 20:00`. */
export function clockText({ weekday, minute }: LocalTime, locale: string): string {
  return `${weekdayName(weekday, locale, 'short')} ${timeOf(minute)}`
}

function edgesOf({ from, until }: Span, { t }: SummaryWords): { from: string; until: string } {
  return { from: timeOf(from), until: until === DAY_MINUTES ? t('policy.midnight') : timeOf(until) }
}
