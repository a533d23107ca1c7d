import type { Calendar } from './calendar.ts'
import { type Day, lastDay, type Period, periodOf } from './day.ts'
import type { RetentionPoint } from './point.ts'
import type { RetentionReason } from './reason.ts'
import type { RetentionRules } from './rules.ts'

const PERIODS = [
  { period: 'week', unit: 'weeks', rule: 'weekly' },
  { period: 'month', unit: 'months', rule: 'monthly' },
  { period: 'year', unit: 'years', rule: 'yearly' },
] as const satisfies readonly { period: Period; unit: keyof RetentionRules; rule: RetentionReason['rule'] }[]

/** A reason to keep a point, and the point. */
export interface Kept {
  readonly point: RetentionPoint
  readonly reason: RetentionReason
}

/**
 * RET-1, RET-2: all points, for some days. What speaks for each of them, in their order: those of one day have one and the
 * same list.
 */
export function youngOnes(
  points: readonly RetentionPoint[],
  { days }: RetentionRules,
  { dayOf, endOf }: Calendar,
): (readonly RetentionReason[])[] {
  let last: { readonly day: Day; readonly timeZone: string; readonly reasons: readonly RetentionReason[] } | undefined
  return points.map(({ completed, timeZone }) => {
    const day = dayOf(completed, timeZone)
    if (last?.day !== day || last.timeZone !== timeZone)
      last = { day, timeZone, reasons: [{ rule: 'daily', until: endOf(lastDay(day, { days }), timeZone) }] }
    return last.reasons
  })
}

/**
 * RET-6, RET-7: the one point that stays of each week, month and year. Of a period that has not ended yet it is the last
 * one so far. Logs are never kept so (RET-16).
 */
export function* keepers(
  points: readonly RetentionPoint[],
  rules: RetentionRules,
  { dayOf, endOf }: Calendar,
): Iterable<Kept> {
  // Points come in crowds: the best of a period is the best of one of its days.
  const bestOfDays = new Map<Day, RetentionPoint>()
  for (const point of points) {
    if (point.kind === 'log') continue
    keepBetter(bestOfDays, dayOf(point.completed, point.timeZone), point)
  }
  for (const { period, unit, rule } of PERIODS) {
    const length = rules[unit]
    if (length === 0) continue
    const chosen = new Map<string, RetentionPoint>()
    for (const [day, point] of bestOfDays) keepBetter(chosen, periodOf(day, period), point)
    for (const [name, point] of chosen) {
      const { completed, timeZone } = point
      const until = endOf(lastDay(dayOf(completed, timeZone), { [unit]: length }), timeZone)
      yield { point, reason: { rule, period: name, until } }
    }
  }
}

function keepBetter<K>(best: Map<K, RetentionPoint>, of: K, point: RetentionPoint): void {
  const other = best.get(of)
  if (!other || isBetter(point, other)) best.set(of, point)
}

/** A complete one before one that misses something (RET-21), then the later one (RET-6, RET-18). */
function isBetter(point: RetentionPoint, other: RetentionPoint): boolean {
  return point.isComplete === other.isComplete ? point.completed > other.completed : point.isComplete
}
