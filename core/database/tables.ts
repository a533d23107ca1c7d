import type { Generated } from 'kysely'

/**
 * The tables of the catalog. Portable: ids and enumerations are text, moments are milliseconds since the epoch, yes and no
 * are 1 and 0, and what has a shape of its own is JSON in text. What was removed stays as a row with `removed_at`, so that
 * runs and recovery points can still say what they were of.
 */
export interface Tables {
  readonly setting: SettingTable
  readonly vault: VaultTable
  readonly cache: CacheTable
  readonly agent: AgentTable
  readonly source: SourceTable
  readonly policy: PolicyTable
  readonly backup_set: BackupSetTable
  readonly point: PointTable
  readonly run: RunTable
  readonly run_step: RunStepTable
  readonly run_event: RunEventTable
  readonly missed_file: MissedFileTable
  readonly alert: AlertTable
  readonly notification: NotificationTable
  readonly person: PersonTable
  readonly session: SessionTable
  readonly token: TokenTable
  readonly audit: AuditTable
}

export interface SettingTable {
  key: string
  value: string
}

export interface VaultTable {
  id: string
  name: string
  location: string
  repository_id: string
  password_sealed: string
  /** The access key of a place in S3. Null: the place needs none. */
  access_sealed: string | null
  created_at: number
  removed_at: number | null
  kit_exported_at: number | null
  /** By his name. Null also where it was exported before this was kept. */
  kit_exported_by: string | null
  /** What was seen when it was looked at last. What a check found is in `check_damages`, and stays while it is away. */
  state: 'ready' | 'unreachable' | 'damaged'
  problem: string | null
  bytes_stored: number | null
  bytes_free: number | null
  bytes_total: number | null
  measured_at: number | null
  checked_at: number | null
  check_damages: number
  /** The check that found them. */
  damage_run_id: string | null
  /** Only a check that reads all data can tell that they are mended: 1. */
  damage_needs_reading: number
  verified_at: number | null
  pruned_at: number | null
  forgot_at: number | null
  /** When, by the uptime of which start of the computer, points were removed last: RET-22. */
  forgot_moment: string | null
  catalog_at: number | null
}

/** The CloudCache of a vault. */
export interface CacheTable {
  vault_id: string
  folder: string
  /** `building`: the vault is used without it still; `leaving`: it is being emptied; `left`: only its files are there. */
  state: 'building' | 'ready' | 'leaving' | 'left'
  /** JSON, by the contract's own shape. */
  settings: string
  created_at: number
  /** Since when nothing is sent. */
  paused_at: number | null
  /** Null while it is paused: until somebody says otherwise. */
  paused_until: number | null
  paused_by: string | null
  /** When all that it held was in the cloud last. */
  synced_at: number | null
  /** When something was written to the cloud without it, and it has not heard of that. */
  bypassed_at: number | null
}

/** A restic client elsewhere, which uses a vault through the vault door. */
export interface AgentTable {
  id: string
  /** By which it signs in. */
  name: string
  /** Of its password: a secret of 256 bits that was told once. */
  digest: string
  vault_id: string
  mode: 'append-only' | 'full'
  quota_bytes: number | null
  bytes_per_second: number | null
  /** An alert is raised where it has stored no snapshot for so long. Null: never. */
  overdue_hours: number | null
  created_at: number
  removed_at: number | null
  seen_at: number | null
  /** When it brought a snapshot last, by the clock of the door. */
  snapshot_at: number | null
}

export interface SourceTable {
  id: string
  name: string
  settings: string
  created_at: number
  removed_at: number | null
}

export interface PolicyTable {
  id: string
  name: string
  settings: string
  created_at: number
  changed_at: number
  removed_at: number | null
}

export interface BackupSetTable {
  id: string
  name: string
  source_id: string
  vault_id: string
  policy_id: string
  content: string
  is_enabled: number
  created_at: number
  removed_at: number | null
  /** Scheduled runs skipped in a row (NAS-6). */
  skips: number
  /** Up to when the schedule was looked at: what came due before is a run, or was passed over. */
  looked_at: number
  verified_at: number | null
  /** How long its points stay hot in the cache. Null: as the cache says. */
  hot_days: number | null
}

export interface PointTable {
  id: string
  vault_id: string
  set_id: string | null
  run_id: string | null
  snapshot_id: string
  host: string
  roots: string
  started_at: number
  completed_at: number
  /** An offset such as `+01:00`: where it was made. */
  time_zone: string
  kind: 'full' | 'incremental'
  files_missed: number
  is_complete: number
  files: number | null
  bytes: number | null
  bytes_added: number | null
  /** Until when its policy keeps it, as of the last time that retention was looked at. */
  kept_until: number | null
  /** Null while the vault has it. */
  removed_at: number | null
  /** When it was seen that the cloud behind the cache has all of it. Null: not yet, or there is no cache. */
  off_site_at: number | null
}

export interface RunTable {
  id: string
  kind: string
  state: string
  trigger: 'manual' | 'schedule' | 'system'
  cause_code: string
  cause_text: string
  set_id: string | null
  source_id: string | null
  vault_id: string
  requested_by: string | null
  attempt: number
  most_attempts: number
  queued_at: number
  started_at: number | null
  ended_at: number | null
  not_before: number | null
  expires_at: number | null
  /** Of a scheduled run: its time. No other run of the set has it. */
  scheduled_for: number | null
  /** What is to be done beside what the backup set says: JSON, by kind. */
  wanted: string
  result: string | null
  remedy: string | null
  needs_confirmation: number
  /** The process of the attempt: JSON of pid, its start, and the start of the computer. */
  process: string | null
  /** The attempt that was allowed to write its snapshot. */
  committing: number | null
  /** Who carries the attempt out, or did: null before the first one. */
  executor: string | null
}

export interface RunStepTable {
  run_id: string
  id: number
  parent: number | null
  name: string
  state: string
  started_at: number
  ended_at: number | null
}

export interface RunEventTable {
  id: Generated<number>
  run_id: string
  at: number
  level: 'info' | 'warning' | 'error'
  code: string
  message: string
  object: string | null
}

export interface MissedFileTable {
  run_id: string
  seq: number
  path: string
  kind: string
  reason: string
}

export interface AlertTable {
  id: string
  key: string
  kind: string
  severity: 'error' | 'warning' | 'hint'
  object_type: 'set' | 'vault' | 'run' | 'appliance'
  object_id: string
  object_name: string
  message: string
  remedy: string
  /** What happened, such as a run: another one counts as another time. Null for what simply lasts. */
  occurrence: string | null
  /** How often it was raised: more than once only where it became worse. */
  raise: number
  raised_at: number
  seen_at: number
  times: number
  cleared_at: number | null
  acknowledged_at: number | null
  acknowledged_by: string | null
}

export interface NotificationTable {
  alert_id: string
  raise: number
  event: 'raised' | 'over'
  channel: 'mail' | 'webhook'
  state: 'pending' | 'delivered' | 'given-up' | 'dropped'
  attempts: number
  created_at: number
  next_at: number
  tried_at: number | null
  last_error: string | null
}

/** `user` is a word of SQL. */
export interface PersonTable {
  id: string
  name: string
  /** By which he signs in: small letters. */
  name_key: string
  role: string
  password: string
  totp_sealed: string | null
  totp_pending_sealed: string | null
  /** The last step of the second factor that was used: none is used twice. */
  totp_step: number | null
  is_enabled: number
  source_roots: string | null
  restore_roots: string | null
  created_at: number
  seen_at: number | null
}

export interface SessionTable {
  id: string
  digest: string
  person_id: string
  created_at: number
  expires_at: number
  seen_at: number
  address: string
}

export interface TokenTable {
  id: string
  digest: string
  person_id: string
  name: string
  access: string
  created_at: number
  expires_at: number | null
  seen_at: number | null
}

export interface AuditTable {
  id: string
  at: number
  actor: string
  address: string | null
  operation: string
  object: string | null
  outcome: 'done' | 'refused' | 'failed'
  details: string
}
