import { createCalendar } from './calendar.ts'
import { type Kept, keepers, youngOnes } from './keepers.ts'
import { neededOnes } from './needed.ts'
import { newestOnes } from './newest.ts'
import type { RetentionPoint } from './point.ts'
import type { RetentionReason } from './reason.ts'
import type { RetentionRules } from './rules.ts'

/** What becomes of a recovery point. */
export interface RetentionDecision<P extends RetentionPoint> {
  readonly point: P
  readonly isKept: boolean
  /** All that speaks, or spoke, for keeping it; those that hold longest come first. */
  readonly reasons: readonly RetentionReason[]
  /** The first moment at which nothing speaks for it any more. Infinity where something always does. */
  readonly until: number
}

/**
 * Decides which recovery points of one source are kept at `now`, in their order. Nothing is decided anew by a later call:
 * the longest reason wins (RET-8), and a point is removed only once each of them is over (RET-5).
 */
export function decideRetention<P extends RetentionPoint>(
  points: readonly P[],
  rules: RetentionRules,
  now: number,
): RetentionDecision<P>[] {
  const reasons = new Map<RetentionPoint, RetentionReason[]>(points.map((point) => [point, []]))
  const note = (kept: Iterable<Kept>): void => {
    for (const { point, reason } of kept) reasons.get(point)?.push(reason)
  }
  const untilOf = (point: RetentionPoint): number =>
    (reasons.get(point) ?? []).reduce((latest, { until }) => Math.max(latest, until), Number.NEGATIVE_INFINITY)

  const calendar = createCalendar()
  note(youngOnes(points, rules, calendar))
  note(keepers(points, rules, calendar))
  note(newestOnes(points, now))
  note([...neededOnes(points, untilOf)])

  return points.map((point) => {
    const until = untilOf(point)
    const sorted = (reasons.get(point) ?? []).toSorted((a, b) => b.until - a.until)
    return { point, isKept: until > now, reasons: sorted, until }
  })
}
