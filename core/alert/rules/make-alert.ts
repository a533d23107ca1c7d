import type { AlertKind, AlertObject, AlertSeverity, OpenAlert, WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

interface Told {
  readonly kind: AlertKind
  readonly severity: AlertSeverity
  readonly object: AlertObject
  readonly message: string
  readonly remedy: string
  readonly occurrence?: string
  /** Where an object has several alerts of the kind: which one. */
  readonly part?: string
}

export function makeAlert({ kind, severity, object, message, remedy, occurrence, part }: Told): WantedAlert {
  return {
    key: keyOf(kind, object, part),
    kind,
    severity,
    object,
    message,
    remedy,
    occurrence: occurrence ?? null,
  }
}

export function openOne(
  facts: AlertFacts,
  kind: AlertKind,
  object: Pick<AlertObject, 'type' | 'id'>,
  part?: string,
): OpenAlert | undefined {
  const key = keyOf(kind, object, part)
  return facts.open.find((alert) => alert.key === key)
}

/** What is open, as it is, under the name of now: nothing new is known. */
export function asBefore(open: OpenAlert | undefined, object: AlertObject): WantedAlert[] {
  if (open === undefined) return []
  const { key, kind, severity, message, remedy, occurrence } = open
  return [{ key, kind, severity, object, message, remedy, occurrence }]
}

function keyOf(kind: AlertKind, { type, id }: Pick<AlertObject, 'type' | 'id'>, part?: string): string {
  return [kind, type, id, ...(part === undefined ? [] : [part])].join(':')
}

export function setObject({ id, name }: { readonly id: string; readonly name: string }): AlertObject {
  return { type: 'set', id, name }
}

export function vaultObject({ id, name }: { readonly id: string; readonly name: string }): AlertObject {
  return { type: 'vault', id, name }
}
