import type { RetentionDecision } from '../../../core/contract/index.ts'
import type { Words } from './day-words.ts'

type Reason = RetentionDecision['reasons'][number]

/** Why a point is kept, in words. */
export function reasonText({ rule, period }: Pick<Reason, 'rule' | 'period'>, words: Words): string {
  return words.t(`policy.reason.${rule}`, { period: period === null ? '' : periodText(period, words) })
}

/** `week 5 of 2017`, `February 2017`, `2017`: of `2017-W05`, `2017-02` and `2017`. What is none of these is as it came. */
function periodText(period: string, { t, locale }: Words): string {
  const [, year, isWeek, number] = /^(\d{4})-(W?)(\d{2})$/.exec(period) ?? []
  if (year === undefined) return period
  if (isWeek === 'W') return t('policy.weekOf', { week: Number(number), year })
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.UTC(Number(year), Number(number) - 1, 1),
  )
}

/** The reasons that hold at `now` (milliseconds since the epoch): decisions come with those that are over, too. */
export function reasonsAt({ reasons }: Pick<RetentionDecision, 'reasons'>, now: number): readonly Reason[] {
  return reasons.filter(({ until }) => until === null || Date.parse(until) > now)
}
