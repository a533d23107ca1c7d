import type { AlertKind as KnownKind } from '../../alert/index.ts'
import type { Alert, AlertKind } from '../../contract/index.ts'
import type { AlertRow } from '../../database/index.ts'
import { instant, instantOrNull } from './instant.ts'

export function alertDto(row: AlertRow): Alert {
  return {
    id: row.id,
    // A kind that the contract does not have could be told to nobody: it does not compile.
    kind: row.kind as KnownKind satisfies AlertKind,
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
