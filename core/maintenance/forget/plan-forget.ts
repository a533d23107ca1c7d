import { CoreError } from '../../base/index.ts'
import {
  applyKeepRules,
  type Brake,
  type BrakeEvidence,
  brakesOf,
  decideRetention,
  isEmptyRule,
  type RetentionPoint,
} from '../../policy/index.ts'
import {
  compareSnapshots,
  type GroupKey,
  groupSnapshots,
  REPAIRED,
  type SnapshotGroup,
  type StoredSnapshot,
  ZERO_TIME,
} from '../../snapshot/index.ts'
import type { ForgetReason, ForgetRules } from './forget-rules.ts'

/** What becomes of a snapshot. */
export interface SnapshotDecision {
  readonly snapshot: StoredSnapshot
  readonly isKept: boolean
  readonly reasons: readonly ForgetReason[]
  /** The first moment at which nothing speaks for it any more, where the rules are such. Milliseconds since the epoch. */
  readonly until?: number | undefined
  /** How many more each of restic's counts would have kept behind this one. */
  readonly countsLeft?: Readonly<Record<string, number>> | undefined
}

/** Snapshots to which the rules are applied by themselves: those of a host and its targets, mostly. */
export interface ForgetGroup {
  readonly key: SnapshotGroup['key']
  /** From the oldest to the newest. */
  readonly decisions: readonly SnapshotDecision[]
  /** What stops the removal until a person has confirmed it (RET-22). */
  readonly brakes: readonly Brake[]
}

export interface PlanForgetOptions {
  readonly groupBy: readonly GroupKey[]
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What the clock is measured by, beside the newest snapshot (RET-22). */
  readonly clocks?: Pick<BrakeEvidence, 'lastRun' | 'sinceLastRun' | 'storageTime'> | undefined
}

/**
 * Plans what rules remove of snapshots. Nothing is changed.
 *
 * Throws `input/invalid` for rules that keep nothing at all, and where a group would lose all that it has.
 */
export function planForget(
  snapshots: readonly StoredSnapshot[],
  rules: ForgetRules,
  { groupBy, now, clocks }: PlanForgetOptions,
): ForgetGroup[] {
  if (rules.type === 'keep' && isEmptyRule(rules.rules)) {
    throw new CoreError('input/invalid', 'No rule says what is to be kept.', {
      safety: 'Nothing was removed.',
      remedy: 'Give a rule such as --keep-daily 7, or name the snapshots that are to go.',
    })
  }
  return groupSnapshots(snapshots.toSorted(compareSnapshots), groupBy).map(({ key, snapshots: members }) => {
    const decisions = rules.type === 'keep' ? byKeepRules(members, rules, now) : byRetention(members, rules, now)
    const removed = decisions.filter(({ isKept }) => !isKept).length
    if (removed === members.length) throw nothingLeft(members)
    const newestPoint = Number((members.at(-1)?.time.ns ?? 0n) / NANOS)
    return { key, decisions, brakes: brakesOf({ ...clocks, now, newestPoint, points: members.length, removed }) }
  })
}

const NANOS = 1_000_000n

function byKeepRules(
  snapshots: readonly StoredSnapshot[],
  { rules }: Extract<ForgetRules, { type: 'keep' }>,
  now: number,
): SnapshotDecision[] {
  const points = snapshots.map((snapshot) => {
    const { time, tags } = snapshot
    return { snapshot, made: time.ns, offset: time.offsetMinutes, tags }
  })
  const decisions = applyKeepRules(points, rules, BigInt(now) * NANOS).map(
    ({ point: { snapshot }, isKept, reasons, countsLeft }): SnapshotDecision => ({
      snapshot,
      isKept,
      reasons: reasons.map((words) => ({ rule: 'keep', words })),
      countsLeft,
    }),
  )
  return withNewestComplete(decisions).toReversed()
}

/**
 * RET-20, where restic's rules know nothing of it: what is not complete does not take the place of the newest one that is.
 * From the newest to the oldest.
 */
function withNewestComplete(decisions: readonly SnapshotDecision[]): readonly SnapshotDecision[] {
  const at = decisions.findIndex(({ snapshot }) => isComplete(snapshot))
  const decision = decisions[at]
  if (!decision || decision.isKept || !decisions.slice(0, at).some(({ isKept }) => isKept)) return decisions
  return decisions.with(at, { ...decision, isKept: true, reasons: [newestComplete] })
}

const newestComplete = { rule: 'newest-complete', until: Number.POSITIVE_INFINITY } as const

/** RET-21. Of what was repaired something is lost. */
function isComplete({ filesMissed, tags }: StoredSnapshot): boolean {
  return filesMissed === undefined && !tags.includes(REPAIRED)
}

function byRetention(
  snapshots: readonly StoredSnapshot[],
  { rules, timeZone }: Extract<ForgetRules, { type: 'retention' }>,
  now: number,
): SnapshotDecision[] {
  const points = snapshots.map((snapshot) => ({ snapshot, ...pointOf(snapshot, timeZone) }))
  return decideRetention(points, rules, now).map(({ point: { snapshot }, isKept, reasons, until }) => ({
    snapshot,
    isKept,
    reasons,
    until,
  }))
}

/** A snapshot stands by itself. */
function pointOf(snapshot: StoredSnapshot, timeZone: string | undefined): RetentionPoint {
  const { id, time, summary } = snapshot
  // RET-3: when it was complete. One that is said to be of another time was so as long after that.
  const took = summary && summary.backupStart.ns !== ZERO_TIME ? summary.backupEnd.ns - summary.backupStart.ns : 0n
  return {
    id,
    kind: 'full',
    completed: Number((time.ns + (took > 0n ? took : 0n)) / NANOS),
    timeZone: timeZone ?? offsetName(time.offsetMinutes),
    isComplete: isComplete(snapshot),
  }
}

/** `+05:30`. */
function offsetName(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

function nothingLeft(snapshots: readonly StoredSnapshot[]): CoreError {
  const [example] = snapshots
  return new CoreError(
    'input/invalid',
    `These rules keep none of the ${snapshots.length} snapshots of ${example?.hostname}: ${example?.paths.join(', ')}.`,
    {
      safety: 'Nothing was removed.',
      remedy: 'Give a rule that keeps some, or name the snapshots that are to go.',
    },
  )
}
