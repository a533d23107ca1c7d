/**
 * Policy decides, and does nothing else: pure functions of what they are given, the time included. They never read a
 * clock, a repository or a setting.
 *
 * - **Retention**: how long recovery points are kept (RET-1 to RET-22): all for some days, then one for each week, month
 *   and year.
 * - **Keep rules**: restic's way of saying the same, `--keep-daily 7` and its like: so many, of whatever age.
 * - **Reason**: why a point is kept. Every decision comes with all of its reasons, so that a person can follow it.
 * - **Brake**: what stops a removal until a person has confirmed it: a clock that jumped, or too many points at once.
 * - **Schedule**: on which days and at which times runs begin by themselves, in a time zone; each of its **rules** says some.
 * - **Window**: when scheduled runs may begin, or how fast they may store, from a time of day on.
 * - **Due**: a time of the schedule that has come. What nobody looked at in time is **missed**.
 * - **Bandwidth**: how fast a run may store (GEN-15, GEN-16).
 * - **Sync window**: when, and how fast, the CloudCache brings to cloud storage what it holds (CC-6, CC-7). What waits for
 *   that is its **backlog**.
 * - **Temperature**: where a restore takes a recovery point from: hot, warm or cold (GEN-11).
 * - **Executor down**: what becomes of a request whose agent or proxy is not running: a table says. A **pool** is all proxies
 *   that could do its work, a **skip** a scheduled run that is left out.
 * - **Protection**: whether a backup set is as well off as its policy promises.
 * - **Attempt**: a run that failed is tried again after a wait.
 */
export { type Brake, brakesOf, type BrakeEvidence } from './retention/brake.ts'
export { isTimeZone } from './retention/calendar.ts'
export type { PointKind, RetentionPoint } from './retention/point.ts'
export { decideRetention, type RetentionDecision } from './retention/decide-retention.ts'
export type { RetentionReason } from './retention/reason.ts'
export { parseRetentionRules, type RetentionRules } from './retention/rules.ts'
export { applyKeepRules, type KeepDecision, type KeptPoint } from './keep/apply-keep-rules.ts'
export { isEmptyRule, type KeepRules, parseKeepCount } from './keep/keep-rules.ts'
export { parseSpan, type Span } from './keep/span.ts'
export { newestTimes } from './schedule/newest-times.ts'
export { nextTimes, timesBetween } from './schedule/next-times.ts'
export { type DueQuestion, type DueRun, type DueRuns, dueRuns, type PassedOver } from './schedule/due-runs.ts'
export type { DayWindow, IntervalRule, Schedule, ScheduleDays, ScheduleRule, TimesRule } from './schedule/schedule.ts'
export { validateSchedule } from './schedule/validate-schedule.ts'
export { isInWindow, nextWindowStart } from './schedule/windows.ts'
export { type Bandwidth, bandwidthAt, type BandwidthWindow } from './bandwidth/bandwidth.ts'
export { limitOf, type Trigger } from './bandwidth/limit.ts'
export { validateBandwidth } from './bandwidth/validate-bandwidth.ts'
export type { Arrival, Change } from './sync-window/arrivals.ts'
export type { BacklogPoint } from './sync-window/backlog.ts'
export { type CachedPoint, hotPoints } from './hot/hot-points.ts'
export { offSiteAt } from './sync-window/off-site-at.ts'
export { nextSyncLook, nextSyncWindow, openSyncWindow } from './sync-window/open-window.ts'
export { simulateSync, type SyncForecast, type SyncQuestion } from './sync-window/simulate-sync.ts'
export { type SyncOverlap, syncOverlaps } from './sync-window/sync-overlaps.ts'
export {
  isSyncComplete,
  missingOfSync,
  type SyncSchedule,
  type SyncWindow,
  type SyncWindowDraft,
} from './sync-window/sync-schedule.ts'
export type { SyncSpan } from './sync-window/sync-spans.ts'
export { validateSyncSchedule } from './sync-window/validate-sync-schedule.ts'
export { type Temperature, temperatureOf } from './temperature.ts'
export type { Cause } from './executor-down/cause.ts'
export { decideDown, type DownDecision, type DownRequest } from './executor-down/decide-down.ts'
export type { DownOutcome } from './executor-down/down-outcome.ts'
export { DOWN_TABLE, type DownAction, type DownRow, type ProxyKind, type Workload } from './executor-down/down-table.ts'
export { nextSkips } from './executor-down/next-skips.ts'
export type { PoolMember } from './executor-down/pool.ts'
export {
  type EndedState,
  type OverallState,
  overallState,
  type Protection,
  type ProtectionEvidence,
  protectionOf,
} from './protection.ts'
export { nextAttempt, type Retries } from './retry/next-attempt.ts'
