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

/** More than a thousand years nobody means. Counted from any date that a snapshot can have, they end within Temporal's range. */
const MOST = { days: 365_243, weeks: 52_178, months: 12_000, years: 1_000 } as const

/** Proves rules that come from outside. Throws `input/invalid`. */
export function parseRetentionRules(rules: RetentionRules): RetentionRules {
  const { days, weeks, months, years } = rules
  for (const [count, unit, least] of [
    [days, 'days', 1],
    [weeks, 'weeks', 0],
    [months, 'months', 0],
    [years, 'years', 0],
  ] as const) {
    if (Number.isInteger(count) && count >= least && count <= MOST[unit]) continue
    throw new CoreError('input/invalid', `Recovery points cannot be kept for ${count} ${unit}.`, {
      safety: 'Nothing was removed.',
      remedy: `Choose a whole number of ${unit} from ${least} to ${MOST[unit]}.`,
    })
  }
  return { days, weeks, months, years }
}
