import { CoreError } from '../../../base/index.ts'
import type { ForgetRules } from '../../../maintenance/index.ts'
import {
  isTimeZone,
  type KeepRules,
  parseKeepCount,
  parseRetentionRules,
  parseSpan,
  type Span,
} from '../../../policy/index.ts'
import { parseTagList } from '../../../snapshot/index.ts'
import type { ForgetOptions } from './forget-options.ts'

/** The rules that options state, or undefined where they state none. Throws `input/invalid`. */
export function rulesOf(options: ForgetOptions): ForgetRules | undefined {
  const keep = keepRulesOf(options)
  const retention = retentionOf(options)
  if (keep && retention) throw invalid('--keep-* and --retain-* are two sorts of rules.', 'Give rules of one sort.')
  if (options.timeZone !== undefined && !retention) {
    throw invalid('--time-zone has no meaning without --retain-days.', 'Leave it out, or give --retain-days.')
  }
  return keep ?? retention
}

function keepRulesOf(options: ForgetOptions): ForgetRules | undefined {
  const rules: KeepRules = {
    last: count(options.keepLast),
    counts: {
      hourly: count(options.keepHourly),
      daily: count(options.keepDaily),
      weekly: count(options.keepWeekly),
      monthly: count(options.keepMonthly),
      yearly: count(options.keepYearly),
    },
    within: span(options.keepWithin),
    periodsWithin: {
      hourly: span(options.keepWithinHourly),
      daily: span(options.keepWithinDaily),
      weekly: span(options.keepWithinWeekly),
      monthly: span(options.keepWithinMonthly),
      yearly: span(options.keepWithinYearly),
    },
    tags: options.keepTag?.map(parseTagList),
  }
  const { counts, periodsWithin, ...others } = rules
  const isGiven = [others, counts, periodsWithin].some((part) =>
    Object.values(part ?? {}).some((each) => each !== undefined),
  )
  return isGiven ? { type: 'keep', rules } : undefined
}

function count(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseKeepCount(text)
}

function span(text: string | undefined): Span | undefined {
  return text === undefined ? undefined : parseSpan(text)
}

function retentionOf({
  retainDays,
  retainWeeks = 0,
  retainMonths = 0,
  retainYears = 0,
  timeZone,
}: ForgetOptions): ForgetRules | undefined {
  if (retainDays === undefined) {
    if (retainWeeks + retainMonths + retainYears === 0) return undefined
    throw invalid('--retain-weeks, -months and -years begin behind --retain-days.', 'Give --retain-days, too.')
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw invalid(
      `There is no time zone ${timeZone}.`,
      'Give a name such as Europe/Berlin, or an offset such as +01:00.',
    )
  }
  const rules = { days: retainDays, weeks: retainWeeks, months: retainMonths, years: retainYears }
  return { type: 'retention', rules: parseRetentionRules(rules), timeZone }
}

function invalid(message: string, remedy: string): CoreError {
  return new CoreError('input/invalid', message, { safety: 'Nothing was removed.', remedy })
}
