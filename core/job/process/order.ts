import type { Appliance } from '../../cloud-cache/index.ts'
import type { VaultCache, VaultStore } from '../../vault/index.ts'

/** Where a repository is, and what opens it. Never written anywhere: it goes from process to process. */
export interface VaultAccess extends VaultStore {
  readonly id: string
  readonly name: string
  readonly password: string
}

/** What a backup set protects, as a run process is told it. */
export interface OrderedContent {
  readonly roots: readonly string[]
  readonly excludes: readonly string[]
  readonly excludeCaches: boolean
  readonly excludeLargerThan: number | null
  readonly oneFileSystem: boolean
}

interface OrderBase {
  /** What snapshots say they were made with. */
  readonly programVersion: string
  readonly runId: string
  readonly attempt: number
  readonly vault: VaultAccess
  /** Scheduled runs store no faster; undefined: as fast as can be (GEN-15, GEN-16). It may change while the run goes on. */
  readonly bytesPerSecond: number | undefined
}

export interface BackupOrder extends OrderBase {
  readonly kind: 'backup'
  readonly setId: string
  readonly host: string
  readonly content: OrderedContent
  /** The appliance's own vaults and data folder: never backed up with what is around them, wherever links lead to them. */
  readonly ownFolders: readonly string[]
  readonly missed: 'retry-at-end' | 'next-run'
  /** Where the list of missed files is written: all of them, the catalog keeps the first (FS-18). */
  readonly missedFolder: string
}

export interface RestoreOrder extends OrderBase {
  readonly kind: 'restore'
  readonly snapshotId: string
  /** Paths of the point, written as restic writes names. `/` is all of it. */
  readonly paths: readonly string[]
  /** A whole path, written as restic writes names. Checked by whoever gives the order. */
  readonly target: string
  readonly overwrite: 'always' | 'if-changed' | 'if-newer' | 'never'
  readonly verify: boolean
}

export interface ForgetOrder extends OrderBase {
  readonly kind: 'forget'
  /** Snapshots that go. The decision was made, and confirmed where it had to be. */
  readonly snapshots: readonly string[]
  /** Somebody has confirmed what looked wrong, or has named the snapshots himself. */
  readonly isConfirmed: boolean
}

export interface PruneOrder extends OrderBase {
  readonly kind: 'prune'
  readonly appliance: Appliance
  readonly graceSeconds: number
  /** Somebody has confirmed what looked wrong. */
  readonly isConfirmed: boolean
  /** When this vault's points were decided about last, and how long that is ago by a clock that is never set. Milliseconds. */
  readonly clocks: { readonly lastRun?: number; readonly sinceLastRun?: number }
}

export interface CheckOrder extends OrderBase {
  readonly kind: 'check'
  readonly readData: boolean
}

export interface VerifyOrder extends OrderBase {
  readonly kind: 'verify'
  readonly snapshotId: string
  /** At most so much is restored and compared. */
  readonly mostBytes: number
  readonly mostFiles: number
  /** A folder for what is restored. */
  readonly scratch: string
}

export interface CatalogBackupOrder extends OrderBase {
  readonly kind: 'catalog-backup'
  /** A folder with the files that are to be stored, made for this run. */
  readonly folder: string
}

/** Brings what the cache of a vault holds to the cloud. */
export interface SyncOrder extends OrderBase {
  readonly kind: 'sync'
  readonly appliance: Appliance
}

/** Gives a vault its cache: looks what the cloud has, and brings down what belongs here. */
export interface CacheBuildOrder extends OrderBase {
  readonly kind: 'cache-build'
  readonly cache: VaultCache
  /** It was never ready before. */
  readonly isNew: boolean
  readonly appliance: Appliance
  /** Somebody has said that whoever owns the vault's cloud now does so no longer. */
  readonly takeOver: boolean
}

/** Looks what each recovery point needs, and makes room in the cache. */
export interface CacheTidyOrder extends OrderBase {
  readonly kind: 'cache-tidy'
  /** Snapshots that stay hot. */
  readonly hot: readonly string[]
  /** Percent of the capacity. */
  readonly highMark: number
  readonly lowMark: number
  /** Somebody wants room now. */
  readonly isWanted: boolean
}

/** Looks whether the cloud behind a cache still has all that it should have. */
export interface CacheAuditOrder extends OrderBase {
  readonly kind: 'cache-audit'
  readonly appliance: Appliance
}

/** Takes the cache of a vault away, once all that it holds is in the cloud. */
export interface CacheDetachOrder extends OrderBase {
  readonly kind: 'cache-detach'
  /** `remove`: the vault does without it already. */
  readonly step: 'empty' | 'remove'
  readonly cache: VaultCache
  readonly appliance: Appliance
}

/** All that a run process is told. */
export type Order =
  | BackupOrder
  | RestoreOrder
  | ForgetOrder
  | PruneOrder
  | CheckOrder
  | VerifyOrder
  | CatalogBackupOrder
  | SyncOrder
  | CacheBuildOrder
  | CacheTidyOrder
  | CacheAuditOrder
  | CacheDetachOrder

export type OrderKind = Order['kind']
