import type { Retention, RetentionDecision } from '../../contract/index.ts'
import type { PointRow } from '../../database/index.ts'
import { decideRetention, type RetentionPoint, type RetentionReason } from '../../policy/index.ts'
import { cursorOf, isText, readCursor } from './cursor.ts'
import { instant, instantOrNull } from './instant.ts'

/**
 * What retention wants to know of points. Days, weeks and months are those of the policy's time zone (RET-2), so that points
 * do not move when the appliance does (RET-17). They do where somebody gives the policy another zone, as he is shown before.
 */
export function retentionPoints(points: readonly PointRow[], timeZone: string): RetentionPoint[] {
  return points.map(({ id, completed_at, is_complete }) => ({
    id,
    kind: 'full',
    completed: completed_at,
    timeZone,
    isComplete: is_complete === 1,
  }))
}

/** From the oldest to the newest; those of one moment by their id. */
export function decisionDtos(
  points: readonly RetentionPoint[],
  retention: Retention,
  now: number,
  pointIdOf: (point: RetentionPoint) => string | null,
): RetentionDecision[] {
  return decideRetention(points, retention, now)
    .toSorted((a, b) => a.point.completed - b.point.completed || (a.point.id < b.point.id ? -1 : 1))
    .map(({ point, isKept, reasons, until }) => ({
      pointId: pointIdOf(point),
      completedAt: instant(point.completed),
      isComplete: point.isComplete,
      isKept,
      until: instantOrNull(until),
      reasons: reasons.map(reasonDto),
    }))
}

/** A part of decisions of which the newest come first. Where the last point of the part before is gone, what is older follows. */
export function pageOfDecisions(
  decisions: readonly RetentionDecision[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { items: RetentionDecision[]; next: string | null } {
  const after = readCursor(cursor, isPlace)
  const from = after === undefined ? 0 : decisions.findIndex((decision) => isAfter(decision, after))
  const items = from < 0 ? [] : decisions.slice(from, from + limit)
  const last = items.at(-1)
  const hasMore = from >= 0 && from + limit < decisions.length
  return { items, next: hasMore && last ? cursorOf([last.completedAt, last.pointId] satisfies Place) : null }
}

/** When the last point of a part was completed, and its id. */
type Place = [string, string | null]

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [at, id] = value as unknown[]
  return isText(at) && (id === null || isText(id))
}

function isAfter({ completedAt, pointId }: RetentionDecision, [at, id]: Place): boolean {
  return completedAt === at ? (pointId ?? '') < (id ?? '') : completedAt < at
}

function reasonDto(reason: RetentionReason): RetentionDecision['reasons'][number] {
  return {
    rule: reason.rule,
    period: 'period' in reason ? reason.period : null,
    until: instantOrNull(reason.until),
  }
}
