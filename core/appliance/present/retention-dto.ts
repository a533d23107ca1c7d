import type { Retention, RetentionDecision } from '../../contract/index.ts'
import type { Completion } from '../../database/index.ts'
import { decideRetention, type RetentionPoint, type RetentionReason } from '../../policy/index.ts'
import { cursorOf, isNumber, isText, readCursor } from './cursor.ts'
import { instant, instantOrNull } from './instant.ts'

/**
 * What retention wants to know of points. Days, weeks and months are those of the policy's time zone (RET-2), so that points
 * do not move when the appliance does (RET-17). They do where somebody gives the policy another zone, as he is shown before.
 */
export function retentionPoints(points: readonly Completion[], timeZone: string): RetentionPoint[] {
  return points.map(({ id, completed_at, is_complete }) => ({
    id,
    kind: 'full',
    completed: completed_at,
    timeZone,
    isComplete: is_complete === 1,
  }))
}

/** From the oldest to the newest. */
export function decisionDtos(
  points: readonly RetentionPoint[],
  retention: Retention,
  now: number,
  pointIdOf: (point: RetentionPoint) => string | null,
): RetentionDecision[] {
  return decideInOrder(points, retention, now).map((decision) => decisionDto(decision, pointIdOf(decision.point)))
}

type Decision = ReturnType<typeof decideRetention<RetentionPoint>>[number]

/** From the oldest to the newest; those of one moment by their id. */
function decideInOrder(points: readonly RetentionPoint[], retention: Retention, now: number): Decision[] {
  return decideRetention(points, retention, now).toSorted(
    (a, b) => a.point.completed - b.point.completed || (a.point.id < b.point.id ? -1 : 1),
  )
}

function decisionDto({ point, isKept, reasons, until }: Decision, pointId: string | null): RetentionDecision {
  return {
    pointId,
    completedAt: instant(point.completed),
    isComplete: point.isComplete,
    isKept,
    until: instantOrNull(until),
    reasons: reasons.map(reasonDto),
  }
}

/** A part of what is decided, the newest first. Where the last point of the part before is gone, what is older follows. */
export function decisionPage(
  points: readonly RetentionPoint[],
  retention: Retention,
  { now, limit, cursor }: { readonly now: number; readonly limit: number; readonly cursor?: string | undefined },
): { items: RetentionDecision[]; next: string | null; total: number; kept: number } {
  const after = readCursor(cursor, isPlace)
  const decisions = decideInOrder(points, retention, now).toReversed()
  const from = after === undefined ? 0 : decisions.findIndex(({ point }) => isAfter(point, after))
  const page = from < 0 ? [] : decisions.slice(from, from + limit)
  const last = page.at(-1)?.point
  const hasMore = from >= 0 && from + limit < decisions.length
  return {
    items: page.map((decision) => decisionDto(decision, decision.point.id)),
    next: hasMore && last ? cursorOf([last.completed, last.id] satisfies Place) : null,
    total: decisions.length,
    kept: decisions.filter(({ isKept }) => isKept).length,
  }
}

/** When the last point of a part was completed, and its id. */
type Place = [number, string]

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [at, id] = value as unknown[]
  return isNumber(at) && isText(id)
}

function isAfter({ completed, id }: RetentionPoint, [at, last]: Place): boolean {
  return completed === at ? id < last : completed < at
}

function reasonDto(reason: RetentionReason): RetentionDecision['reasons'][number] {
  return {
    rule: reason.rule,
    period: 'period' in reason ? reason.period : null,
    until: instantOrNull(reason.until),
  }
}
