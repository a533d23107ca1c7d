/**
 * Maintenance looks after repositories. What removes packs or follows rules is first a plan, which a person can read, and
 * then its execution; snapshots that are made anew are removed by whoever asked for it, once the new ones are stored.
 *
 * - **Forget**: removes snapshots, by rules. What only they need stays until the next prune.
 * - **Prune**: removes blobs that no snapshot needs. What is needed of a pack that goes is put into a new one before.
 * - **Grace**: how long a pack stays that the index does not list any more. It *waits*, and may be taken back.
 * - **Copy**: brings snapshots from a source repository to a destination, which gets those only that are whole.
 * - **Repair**: makes the best of what is there after damage.
 * - **Check**: looks whether all that the snapshots need is there and whole. It changes nothing and goes on to the end.
 * - **Finding**: something that a check found to be other than it should. *Damage* fails a check, a *hint* does not.
 * - **Affected**: a file or folder of a snapshot that cannot be restored whole because of damage.
 * - **Needs** of a snapshot: the packs that hold its folders and what its files hold.
 * - **Lost** blob: one of which no readable copy is known.
 */
export { check, type Checked, type CheckOptions } from './check/check.ts'
export type { Finding, FindingKind, ObjectKind, Restorable } from './check/finding.ts'
export type { Affected } from './check/impact.ts'
export type { CheckPhase, CheckProgress } from './check/check-phase.ts'
export { parsePackChoice, type PackChoice } from './check/pack-choice.ts'
export type { UnusedBlob } from './check/unused-blobs.ts'
export type { CopyPhase, CopyProgress } from './copy/copy-phase.ts'
export { assertCopyable, type Copying, openCopying } from './copy/copying.ts'
export { type CopyDone, executeCopy } from './copy/execute-copy.ts'
export { type BrokenSnapshot, type CopyPlan, planCopy } from './copy/plan-copy.ts'
export { type ForgetReason, type ForgetRules } from './forget/forget-rules.ts'
export { type ForgetGroup, planForget, type PlanForgetOptions, type SnapshotDecision } from './forget/plan-forget.ts'
export { removeSnapshots } from './forget/remove-snapshots.ts'
export { type NeedWalk, type NeedWalkOptions, openNeedWalk, type WalkedNeeds } from './needs/open-need-walk.ts'
export { doubtGraces, type GraceDoubt } from './prune/doubt-graces.ts'
export { executePrune, type PruneDone } from './prune/execute-prune.ts'
export type { PackAction, PackDecision, PackReason } from './prune/pack-decisions.ts'
export { letsWait, MOST_GRACE, newDue, waitEnd } from './prune/grace.ts'
export { planPrune } from './prune/plan-prune.ts'
export { DEFAULT_LIMITS, parseUnusedLimit, type PruneLimits } from './prune/prune-limits.ts'
export type { PrunePhase, PruneProgress } from './prune/prune-phase.ts'
export { isIdle, type PackSum, type PrunePlan, type PruneSummary } from './prune/prune-plan.ts'
export type { Progress } from './reading/progress.ts'
export { type IndexRepairPlan, planIndexRepair } from './repair/plan-index.ts'
export { type IndexRepaired, repairIndex } from './repair/repair-index.ts'
export { assertListed } from './repair/assert-listed.ts'
export { type PacksGone, packsGone } from './repair/packs-gone.ts'
export { type DamagedPacks, findDamagedPacks, type FindDamagedPhase } from './repair/find-damaged-packs.ts'
export { leaveOutLost, type LossReport } from './repair/leave-out-lost.ts'
export type { LostArea } from './repair/mend-extent.ts'
export { keepDisksWhole } from './rewrite/keep-disks-whole.ts'
export { leaveOut } from './rewrite/leave-out.ts'
export { type RewrittenSnapshot, rewriteSnapshots } from './rewrite/rewrite-snapshots.ts'
export type { RewriteProgress } from './rewrite/rewrite-phase.ts'
export type { Rewriting } from './rewrite/rewriting.ts'
export { loadStoredBlobs, type StoredBlobs } from './rewrite/stored-blobs.ts'
export { planPackRepair, repairPacks, type SavedPack } from './repair/repair-packs.ts'
export type { RepairProgress } from './repair/repair-phase.ts'
export { storageTime } from './reading/storage-time.ts'
