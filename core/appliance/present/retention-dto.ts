import type { Retention, RetentionDecision } from '../../contract/index.ts'
import type { PointRow } from '../../database/index.ts'
import { decideRetention, type RetentionPoint, type RetentionReason } from '../../policy/index.ts'
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

/** From the oldest to the newest. */
export function decisionDtos(
  points: readonly RetentionPoint[],
  retention: Retention,
  now: number,
  pointIdOf: (point: RetentionPoint) => string | null,
): RetentionDecision[] {
  return decideRetention(points, retention, now)
    .toSorted((a, b) => a.point.completed - b.point.completed)
    .map(({ point, isKept, reasons, until }) => ({
      pointId: pointIdOf(point),
      completedAt: instant(point.completed),
      isComplete: point.isComplete,
      isKept,
      until: instantOrNull(until),
      reasons: reasons.map(reasonDto),
    }))
}

function reasonDto(reason: RetentionReason): RetentionDecision['reasons'][number] {
  return {
    rule: reason.rule,
    period: 'period' in reason ? reason.period : null,
    until: instantOrNull(reason.until),
  }
}
