import { type Calendar, lastDay, type Period, periodOf } from './calendar.ts'
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

/** RET-1, RET-2: all points, for some days. */
export function* youngOnes(
  points: readonly RetentionPoint[],
  { days }: RetentionRules,
  calendar: Calendar,
): Iterable<Kept> {
  let last: { readonly day: unknown; readonly timeZone: string; readonly until: number } | undefined
  for (const point of points) {
    const { completed, timeZone } = point
    const day = calendar.dayOf(completed, timeZone)
    if (last?.day !== day || last.timeZone !== timeZone)
      last = { day, timeZone, until: calendar.endOf(lastDay(day, { days }), timeZone) }
    yield { point, reason: { rule: 'daily', until: last.until } }
  }
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
  for (const { period, unit, rule } of PERIODS) {
    const length = rules[unit]
    if (length === 0) continue
    const chosen = new Map<string, RetentionPoint>()
    const names = new Map<unknown, string>()
    for (const point of points) {
      if (point.kind === 'log') continue
      const day = dayOf(point.completed, point.timeZone)
      const name = names.get(day) ?? periodOf(day, period)
      names.set(day, name)
      const other = chosen.get(name)
      if (!other || isBetter(point, other)) chosen.set(name, point)
    }
    for (const [name, point] of chosen) {
      const { completed, timeZone } = point
      const until = endOf(lastDay(dayOf(completed, timeZone), { [unit]: length }), timeZone)
      yield { point, reason: { rule, period: name, until } }
    }
  }
}

/** A complete one before one that misses something (RET-21), then the later one (RET-6, RET-18). */
function isBetter(point: RetentionPoint, other: RetentionPoint): boolean {
  return point.isComplete === other.isComplete ? point.completed > other.completed : point.isComplete
}
