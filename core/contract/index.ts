/**
 * The contract is everything that a client may ask of the appliance. Pure data: it runs in a browser.
 *
 * - **Operation**: one request with a checked input and output, and the **access** that it asks of its caller.
 * - **Event**: something that happened, told to whoever watches.
 * - **Cursor**: where the next part of a list begins.
 *
 * Shapes are zod's; each is a type of the same name.
 */
export { contract } from './contract.ts'
export { Access, isGranted, Role } from './common/access.ts'
export { type ErrorData, type ErrorName, ERRORS } from './common/error.ts'
export type { OperationMeta } from './common/operation.ts'
export type { Reference } from './common/id.ts'
export { EntryPath } from './common/path.ts'
export type { Agent, AgentSetup } from './agent.ts'
export { type Alert, type AlertKind, DeliverySettings } from './alert.ts'
export type { AuditEntry } from './audit.ts'
export type { BackupSet, Protection } from './backup-set.ts'
export {
  type Cache,
  CACHE_DEFAULTS,
  CacheSettings,
  type EvictionPreview,
  type Forecast,
  MOST_PREVIEWED,
  type SyncWindow,
} from './cache.ts'
export type { LiveEvent } from './event.ts'
export type { BurntDown, Overview } from './overview.ts'
export type { Point, PointEntry, RestorableFrom } from './point.ts'
export {
  type BandwidthWindow,
  type Policy,
  PolicySettings,
  type Retention,
  type RetentionDecision,
  type Schedule,
  type ScheduleRule,
} from './policy.ts'
export type { RestorePlan, RestoreRequest } from './restore.ts'
export type { Progress, Run, RunEvent, RunKind, RunResult, RunState, RunStep } from './run.ts'
export type { Ended, SignedIn } from './session.ts'
export { SETTING_DEFAULTS, Settings } from './settings.ts'
export { Content, type Source, SourceSettings } from './source.ts'
export type { Token, User } from './user.ts'
export { type ProbeFinding, S3Credentials, type Vault, VaultLocation } from './vault.ts'
