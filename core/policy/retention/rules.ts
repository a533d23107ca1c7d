import { CoreError } from '../../base/index.ts'

/** How long recovery points are kept. */
export interface RetentionRules {
  /** All points are kept for so many days (RET-1). At least 1. */
  readonly days: number
  /** The last one of each week is kept for so many weeks. 0: none. */
  readonly weeks: number
  /** The last one of each month, for so many months. 0: none. */
  readonly months: number
  /** The last one of each year, for so many years. 0: none. */
  readonly years: number
}

/** More than this nobody means: a thousand years, in days. */
const MOST = 365_243

/** Proves rules that come from outside. Throws `input/invalid`. */
export function parseRetentionRules(rules: RetentionRules): RetentionRules {
  const { days, weeks, months, years } = rules
  for (const [count, unit, least] of [
    [days, 'days', 1],
    [weeks, 'weeks', 0],
    [months, 'months', 0],
    [years, 'years', 0],
  ] as const) {
    if (Number.isInteger(count) && count >= least && count <= MOST) continue
    throw new CoreError('input/invalid', `Recovery points cannot be kept for ${count} ${unit}.`, {
      safety: 'Nothing was removed.',
      remedy: `Choose a whole number of ${unit}, at least ${least}.`,
    })
  }
  return { days, weeks, months, years }
}
