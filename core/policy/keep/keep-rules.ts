import { CoreError } from '../../base/index.ts'
import { isEmptySpan, type Span } from './span.ts'

/** The periods of which one snapshot each may be kept. */
export const PERIODS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

export type KeepPeriod = (typeof PERIODS)[number]

/** restic's `--keep-*`: what they leave out keeps nothing. */
export interface KeepRules {
  readonly last?: number | undefined
  readonly counts?: Readonly<Partial<Record<KeepPeriod, number | undefined>>> | undefined
  /** Everything that is younger than the newest snapshot by less than this. */
  readonly within?: Span | undefined
  /** One of each hour, day …, of those that are. */
  readonly periodsWithin?: Readonly<Partial<Record<KeepPeriod, Span | undefined>>> | undefined
  /** Snapshots that have all tags of one of these lists. */
  readonly tags?: readonly (readonly string[])[] | undefined
}

/** Reads the number of `--keep-daily` and its like: a whole number, or `unlimited`. Throws `input/invalid`. */
export function parseKeepCount(text: string): number {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CoreError('input/invalid', `${JSON.stringify(text)} is no number of snapshots.`, {
    safety: 'Nothing was removed.',
    remedy: 'Give a whole number that is not negative, or `unlimited`.',
  })
}

/** Rules that keep nothing. They are refused: who forgot them must not lose everything. */
export function isEmptyRule({ last = 0, counts = {}, within, periodsWithin = {}, tags = [] }: KeepRules): boolean {
  const spans = [within, ...Object.values(periodsWithin)].filter((span) => span !== undefined)
  return (
    last === 0 && !Object.values(counts).some((count = 0) => count > 0) && spans.every(isEmptySpan) && tags.length === 0
  )
}
