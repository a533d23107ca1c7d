import type { OpenAlert } from './alert.ts'

/** What alerts are decided by. Moments are milliseconds since the epoch. */
export interface AlertFacts {
  readonly sets: readonly SetFacts[]
  readonly vaults: readonly VaultFacts[]
  /** Those that have ended of late. */
  readonly restores: readonly RestoreFacts[]
  /** Of the disk that the catalog is on. Null where nobody knows. */
  readonly dataFolder: { readonly path: string; readonly bytesFree: number; readonly bytesTotal: number } | null
  /** Runs that wait for a person, and were neither confirmed nor done again since. */
  readonly unconfirmed: readonly UnconfirmedRun[]
  /** When the catalog was last stored in a vault. */
  readonly catalogBackedUpAt: number | null
  readonly deliveryProblems: readonly DeliveryProblem[]
  /** Some rules depend on it: what nobody knows now stays as it was, and what only just got better too. */
  readonly open: readonly OpenAlert[]
  readonly settings: {
    /** What the appliance is called. */
    readonly name: string
    /** A disk with less is nearly full. */
    readonly diskFreePercent: number
    /** For moments in messages. */
    readonly timeZone: string
  }
}

export interface SetFacts {
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  readonly createdAt: number
  readonly newestCompletePointAt: number | null
  /** How old the newest complete point may be. Null: it is never told. */
  readonly rpoHours: number | null
  /** How often backups are to be verified. Null: never. */
  readonly verifyEveryDays: number | null
  readonly lastVerifiedAt: number | null
  /** Its last backup that has ended. */
  readonly lastRun: EndedRun | null
}

export interface EndedRun {
  readonly id: string
  readonly state: 'succeeded' | 'warning' | 'failed' | 'cancelled' | 'interrupted' | 'skipped' | 'expired'
  readonly endedAt: number
  readonly cause: string
  readonly remedy: string | null
}

export interface RestoreFacts extends EndedRun {
  /** Of what is restored: a backup set, or where it is of none a vault. */
  readonly name: string
  /** A folder, or `/` for where it came from. */
  readonly target: string
  /** Of which point what, and whereto: another with the same does the same again. */
  readonly what: string
}

/** What checks, and verifications that could not restore something, say of a vault. */
export interface CheckFacts {
  /** The run that found the damage, or else the last check. */
  readonly runId: string
  readonly foundBy: 'check' | 'verify'
  readonly endedAt: number
  readonly damages: number
  /** Only a check that reads all data can tell that it is mended. */
  readonly needsReading: boolean
}

export interface AgentFacts {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  /** When it brought a snapshot last. */
  readonly snapshotAt: number | null
  /** How long it may store nothing. Null: for ever. */
  readonly overdueHours: number | null
}

export interface CacheFacts {
  readonly folder: string
  /** Why it cannot be used. */
  readonly problem: string | null
  /** What the cloud has not got. */
  readonly bytesWaiting: number
  /** Since when the oldest of it waits. Null where nothing does, or nobody knows. */
  readonly waitingSince: number | null
  /** Why nothing of it is sent, where that is meant so. */
  readonly held: 'incomplete' | 'paused' | null
  /** What was found damaged in one of its tiers: healed of late, or not to be healed. */
  readonly damage: {
    readonly healed: number
    readonly lasting: number
    readonly last: { readonly at: number; readonly what: string } | undefined
  }
}

export interface VaultFacts {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  /** What was seen when it was looked at last; what a check found is its own. */
  readonly state: 'ready' | 'unreachable' | 'damaged'
  /** Why it is not ready. */
  readonly problem: string | null
  readonly kitExportedAt: number | null
  /** Null where nobody knows, as while it cannot be reached. */
  readonly bytesFree: number | null
  readonly bytesTotal: number | null
  /** Null: it was never checked. */
  readonly lastCheck: CheckFacts | null
  /** Computers that back themselves up to it. */
  readonly agents: readonly AgentFacts[]
  /** The cache before it. Null: there is none, or it is not ready yet. */
  readonly cache: CacheFacts | null
  /** The last run of each kind of maintenance that has ended. */
  readonly lastRuns: readonly (EndedRun & { readonly kind: MaintenanceKind })[]
}

export type MaintenanceKind =
  | 'forget'
  | 'prune'
  | 'check'
  | 'verify'
  | 'catalog-backup'
  | 'sync'
  | 'cache-audit'
  | 'cache-tidy'

/** A run that stopped for a person to confirm what it would do (RET-22). */
export interface UnconfirmedRun {
  readonly id: string
  readonly kind: MaintenanceKind
  readonly endedAt: number
  readonly cause: string
  readonly set: { readonly id: string; readonly name: string } | null
  readonly vault: { readonly id: string; readonly name: string }
}

/** A channel by which nothing arrives. */
export interface DeliveryProblem {
  readonly channel: 'mail' | 'webhook'
  readonly since: number
  readonly error: string
}
