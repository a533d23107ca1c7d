import type { Alert, AlertKind } from '../../contract/index.ts'
import type { AlertRow } from '../../database/index.ts'
import { instant, instantOrNull } from './instant.ts'

export function alertDto(row: AlertRow): Alert {
  return {
    id: row.id,
    kind: row.kind as AlertKind,
    severity: row.severity,
    object: { type: row.object_type, id: row.object_id, name: row.object_name },
    message: row.message,
    remedy: row.remedy,
    raisedAt: instant(row.raised_at),
    seenAt: instant(row.seen_at),
    times: row.times,
    clearedAt: instantOrNull(row.cleared_at),
    acknowledgedAt: instantOrNull(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
  }
}
