/**
 * Policy decides, and does nothing else: pure functions of what they are given, the time included. They never read a
 * clock, a repository or a setting.
 *
 * - **Retention**: how long recovery points are kept (RET-1 to RET-22): all for some days, then one for each week, month
 *   and year.
 * - **Keep rules**: restic's way of saying the same, `--keep-daily 7` and its like: so many, of whatever age.
 * - **Reason**: why a point is kept. Every decision comes with all of its reasons, so that a person can follow it.
 * - **Brake**: what stops a removal until a person has confirmed it: a clock that jumped, or too many points at once.
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
