import { type AlertSeverity, isAtLeast, type OpenAlert, type WantedAlert } from './alert.ts'

/** One to be raised: a new one, or an open one that became worse. Whoever stores the latter takes back that it was acknowledged. */
export interface RaisedAlert {
  readonly wanted: WantedAlert
  /** The open alert that became worse. Null: a new one. */
  readonly openId: string | null
  /** 1 for a new one, then counting. Each raise is told once. */
  readonly raise: number
  readonly raisedAt: number
  readonly seenAt: number
  readonly times: number
}

/** An open one that lasts: its words are those of now. */
export interface RefreshedAlert {
  readonly id: string
  readonly wanted: WantedAlert
  readonly seenAt: number
  readonly times: number
}

export interface ClearedAlert {
  readonly id: string
  readonly clearedAt: number
}

/** What becomes of alerts. */
export interface Reconciliation {
  readonly raise: readonly RaisedAlert[]
  readonly refresh: readonly RefreshedAlert[]
  readonly clear: readonly ClearedAlert[]
}

/**
 * Compares the alerts that are open with those that there should be. One that lasts is never raised anew, unless it is worse
 * than when it was seen last; one that comes back after it was cleared is a new one.
 */
export function reconcileAlerts(
  open: readonly OpenAlert[],
  wanted: readonly WantedAlert[],
  now: number,
): Reconciliation {
  const wantedByKey = new Map<string, WantedAlert>()
  for (const alert of wanted) {
    const other = wantedByKey.get(alert.key)
    if (other === undefined || isWorse(alert.severity, other.severity)) wantedByKey.set(alert.key, alert)
  }
  const raise: RaisedAlert[] = []
  const refresh: RefreshedAlert[] = []
  const clear: ClearedAlert[] = []
  for (const alert of open) {
    const still = wantedByKey.get(alert.key)
    // Of two open ones with the same key the first stays.
    wantedByKey.delete(alert.key)
    if (still === undefined) {
      clear.push({ id: alert.id, clearedAt: now })
      continue
    }
    const times = alert.times + (still.occurrence === alert.occurrence ? 0 : 1)
    if (isWorse(still.severity, alert.severity))
      raise.push({
        wanted: still,
        openId: alert.id,
        raise: alert.raise + 1,
        raisedAt: alert.raisedAt,
        seenAt: now,
        times,
      })
    else refresh.push({ id: alert.id, wanted: still, seenAt: now, times })
  }
  for (const alert of wantedByKey.values())
    raise.push({ wanted: alert, openId: null, raise: 1, raisedAt: now, seenAt: now, times: 1 })
  return { raise, refresh, clear }
}

function isWorse(severity: AlertSeverity, other: AlertSeverity): boolean {
  return severity !== other && isAtLeast(severity, other)
}
