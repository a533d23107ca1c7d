export type AlertKind =
  | 'run-failed'
  | 'run-warning'
  | 'restore-failed'
  | 'restore-incomplete'
  | 'rpo-breached'
  | 'disk-nearly-full'
  | 'kit-not-exported'
  | 'not-verified'
  | 'needs-confirmation'
  | 'vault-unreachable'
  | 'damage-found'
  | 'agent-overdue'
  | 'cache-unusable'
  | 'cache-damaged'
  | 'cache-behind'
  | 'catalog-not-backed-up'
  | 'delivery-failed'

export type AlertSeverity = 'error' | 'warning' | 'hint'

/** What an alert is about, and where it is shown. Of `delivery-failed` the id is the channel. */
export interface AlertObject {
  readonly type: 'set' | 'vault' | 'run' | 'appliance'
  readonly id: string
  readonly name: string
}

/** An alert that there should be now. */
export interface WantedAlert {
  /** The same for as long as it is about the same thing: kind and object, never words. */
  readonly key: string
  readonly kind: AlertKind
  readonly severity: AlertSeverity
  readonly object: AlertObject
  /** What happened to what, and whether data is safe. */
  readonly message: string
  readonly remedy: string
  /** Names what happened, such as a run: another one counts as another time. Null for what simply lasts. */
  readonly occurrence: string | null
}

/** An alert that was raised and is not over. Moments are milliseconds since the epoch. */
export interface OpenAlert extends WantedAlert {
  readonly id: string
  /** How often it was raised: more than once only where it became worse. */
  readonly raise: number
  readonly raisedAt: number
  readonly seenAt: number
  /** How many times it happened. */
  readonly times: number
}

/** An alert as it is kept and told. */
export interface Alert extends OpenAlert {
  readonly clearedAt: number | null
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
}

const WEIGHTS: Readonly<Record<AlertSeverity, number>> = { hint: 0, warning: 1, error: 2 }

/** Whether `severity` is at least as grave as `other`. */
export function isAtLeast(severity: AlertSeverity, other: AlertSeverity): boolean {
  return WEIGHTS[severity] >= WEIGHTS[other]
}
