import type {
  Alert,
  AlertFacts,
  EndedRun,
  OpenAlert,
  Reconciliation,
  SetFacts,
  VaultFacts,
} from '../../core/alert/index.ts'

export const NOW = Date.parse('2026-11-22T12:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** A set of which there is nothing to tell. */
export function calmSet(more: Partial<SetFacts> = {}): SetFacts {
  return {
    id: 'set-1',
    name: 'Finance',
    isEnabled: true,
    createdAt: NOW - 90 * DAY,
    newestCompletePointAt: NOW - HOUR,
    rpoHours: 24,
    verifyEveryDays: 30,
    lastVerifiedAt: NOW - 5 * DAY,
    lastRun: endedRun('succeeded'),
    ...more,
  }
}

export function endedRun(state: EndedRun['state'], more: Partial<EndedRun> = {}): EndedRun {
  return { id: 'run-1', state, endedAt: NOW - HOUR, cause: 'The share cannot be read', remedy: null, ...more }
}

/** A vault of which there is nothing to tell. */
export function calmVault(more: Partial<VaultFacts> = {}): VaultFacts {
  return {
    id: 'vault-1',
    name: 'nas',
    createdAt: NOW - 90 * DAY,
    state: 'ready',
    problem: null,
    kitExportedAt: NOW - 89 * DAY,
    bytesFree: 500,
    bytesTotal: 1000,
    lastCheck: { runId: 'check-1', foundBy: 'check', endedAt: NOW - DAY, damages: 0, needsReading: false },
    agents: [],
    cache: null,
    lastRuns: [],
    ...more,
  }
}

/** An appliance of which there is nothing to tell. */
export function calmFacts(more: Partial<AlertFacts> = {}): AlertFacts {
  return {
    sets: [calmSet()],
    vaults: [calmVault()],
    restores: [],
    dataFolder: { path: '/var/lib/holdfast', bytesFree: 500, bytesTotal: 1000 },
    unconfirmed: [],
    catalogBackedUpAt: NOW - HOUR,
    deliveryProblems: [],
    open: [],
    settings: { name: 'nas-01', diskFreePercent: 10, timeZone: 'UTC' },
    ...more,
  }
}

/** What is open after a reconciliation was stored. */
export function afterwards(open: readonly OpenAlert[], { raise, refresh, clear }: Reconciliation): OpenAlert[] {
  const kept = new Map(open.map((alert) => [alert.id, alert]))
  for (const { id } of clear) kept.delete(id)
  for (const { id, wanted, seenAt, times } of refresh) {
    const alert = kept.get(id)
    if (alert === undefined) throw new Error(`${id} is not open`)
    kept.set(id, { ...alert, ...wanted, seenAt, times })
  }
  for (const { wanted, openId, ...rest } of raise) {
    const id = openId ?? `${wanted.key}@${rest.raisedAt}`
    kept.set(id, { id, ...wanted, ...rest })
  }
  return [...kept.values()]
}

/** An open alert with nothing special. */
export function someAlert(more: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-1',
    key: 'run-failed:set:set-1',
    kind: 'run-failed',
    severity: 'error',
    object: { type: 'set', id: 'set-1', name: 'Finance' },
    message: 'Backup of "Finance" failed: the share cannot be read. Earlier recovery points were not touched.',
    remedy: 'See that the share is mounted.',
    occurrence: 'run-1',
    raise: 1,
    raisedAt: NOW - HOUR,
    seenAt: NOW,
    times: 1,
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    ...more,
  }
}
