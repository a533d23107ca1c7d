/**
 * Maintenance looks after repositories: today it checks them.
 *
 * - **Check**: looks whether all that the snapshots need is there and whole. It changes nothing and goes on to the end.
 * - **Finding**: something that a check found to be other than it should. *Damage* fails a check, a *hint* does not.
 * - **Affected**: a file or folder of a snapshot that cannot be restored whole because of damage.
 * - **Lost** blob: one of which no readable copy is known.
 */
export { check, type Checked, type CheckOptions } from './check/check.ts'
export type { Finding, FindingKind, ObjectKind, Restorable } from './check/finding.ts'
export type { Affected } from './check/impact.ts'
export type { CheckPhase, CheckProgress } from './check/progress.ts'
export { parsePackChoice, type PackChoice } from './check/pack-choice.ts'
