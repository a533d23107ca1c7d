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
  const calendar = createCalendar()
  // Of many thousands nearly all are kept for being young alone.
  const young = youngOnes(points, rules, calendar)
  const others = new Map<RetentionPoint, readonly RetentionReason[]>()
  const note = (kept: Iterable<Kept>): void => {
    for (const { point, reason } of kept) others.set(point, [...(others.get(point) ?? []), reason])
  }
  /** All of them; those that hold longest come first. */
  const reasonsOf = (point: RetentionPoint, at: number): readonly RetentionReason[] => {
    const [ofAge = [], more] = [young[at], others.get(point)]
    return more === undefined ? ofAge : [...ofAge, ...more].toSorted((a, b) => b.until - a.until)
  }
  const untilOf = (point: RetentionPoint, at: number): number =>
    reasonsOf(point, at)[0]?.until ?? Number.NEGATIVE_INFINITY

  note(keepers(points, rules, calendar))
  note(newestOnes(points, now))
  note([...neededOnes(points, untilOf)])

  return points.map((point, at) => {
    const reasons = reasonsOf(point, at)
    const until = reasons[0]?.until ?? Number.NEGATIVE_INFINITY
    return { point, isKept: until > now, reasons, until }
  })
}
