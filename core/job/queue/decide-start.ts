import { type Cause, CAUSES } from '../state/cause.ts'
import { runKind } from '../state/run-kind.ts'
import type { RunState } from '../state/run-state.ts'

/** What the queue wants to know of a run. Moments are milliseconds since the epoch. */
export interface QueuedRun {
  readonly id: string
  readonly kind: string
  readonly state: RunState
  readonly trigger: 'manual' | 'schedule' | 'system'
  readonly setId: string | null
  readonly sourceId: string | null
  readonly vaultId: string
  /** How many attempts there were. */
  readonly attempt: number
  readonly queuedAt: number
  readonly notBefore: number | null
  readonly expiresAt: number | null
}

/** How many runs may go on at the same time. */
export interface RunLimits {
  readonly mostRuns: number
  readonly mostRunsPerSource: number
  readonly mostRunsPerVault: number
}

/** What is decided of a run that has not begun. */
export type StartDecision =
  | {
      readonly action: 'begin'
      /** Where another executor than the assigned one carries it out. */
      readonly move?: Move | undefined
    }
  | {
      readonly action: 'hold' | 'skip' | 'refuse' | 'expire'
      readonly cause: Cause
      /** It would begin, if only others were not there. */
      readonly isReady?: boolean
    }

/** That another executor takes over. */
export interface Move {
  readonly action: 'move'
  /** Its id. */
  readonly to: string
  readonly cause: Cause
}

/** What becomes of a run whose executor is away. */
export type ExecutorDown = Move | { readonly action: 'hold' | 'skip' | 'refuse' | 'expire'; readonly cause: Cause }

/** What else holds at the moment. */
export interface QueueSituation {
  readonly now: number
  readonly limits: RunLimits
  /** Runs that are carried out. */
  readonly active: readonly QueuedRun[]
  /** Runs that come before this one, and wait for nothing but others to end. */
  readonly ahead: readonly QueuedRun[]
  /** Sets of which it is not yet known what became of an interrupted backup. */
  readonly unsettledSets: ReadonlySet<string>
  /** When the next window of its policy opens; undefined: it is open, or the run needs none. */
  readonly windowOpens: number | undefined
  /** What its executor being away means for it; undefined: it is there. */
  readonly executorDown: ExecutorDown | undefined
}

/**
 * Decides whether a run begins now. Of several reasons that keep it the one that lasts longest, or that a person can do
 * something about, is told.
 *
 * GEN-19 and GEN-20 are taken so: a backup that goes on is not disturbed by a restore of the same source, and a restore never
 * waits for a backup; a backup that is to begin waits until restores of the source have ended.
 *
 * A run expires, is skipped or refused only before its first attempt: one that has begun is tried until no attempt is left,
 * and then says what failed.
 */
export function decideStart(run: QueuedRun, situation: QueueSituation): StartDecision {
  const { now, executorDown, windowOpens, unsettledSets } = situation
  const isFirst = run.attempt === 0
  if (isFirst && run.expiresAt !== null && now > run.expiresAt) return { action: 'expire', cause: CAUSES.expired }
  if (run.notBefore !== null && now < run.notBefore) return hold(RETRY_LATER)
  const move = executorDown?.action === 'move' ? executorDown : undefined
  if (executorDown && executorDown.action !== 'move') return isFirst ? executorDown : hold(executorDown.cause)
  if (windowOpens !== undefined) return hold(CAUSES.window)
  if (run.kind === 'backup' && run.setId !== null && unsettledSets.has(run.setId)) return hold(UNSETTLED)
  const cause = decideRoom(run, situation)
  return cause ? { action: 'hold', cause, isReady: true } : { action: 'begin', move }
}

const RETRY_LATER: Cause = { code: 'retry', text: 'It is tried again after a while.' }
const UNSETTLED: Cause = {
  code: 'unsettled',
  text: 'It waits until it is known what became of the run before, which was interrupted.',
}

/** What of the runs that go on, or come before, keeps it from beginning. */
function decideRoom(run: QueuedRun, { limits, active: all, ahead }: QueueSituation): Cause | undefined {
  const inVault = all.filter(({ vaultId }) => vaultId === run.vaultId)
  const { isAlone, isBeside } = runKind(run.kind)
  if (inVault.some(({ kind }) => runKind(kind).isAlone)) return CAUSES.limitVault
  if (isAlone && inVault.length > 0) return CAUSES.exclusive
  if (isBeside) return inVault.some(({ kind }) => kind === run.kind) ? CAUSES.sameKind : undefined
  const active = all.filter(({ kind }) => !runKind(kind).isBeside)
  const sameVault = active.filter(({ vaultId }) => vaultId === run.vaultId)
  if (runKind(run.kind).isExclusive && sameVault.length > 0) return CAUSES.exclusive
  if (sameVault.some(({ kind }) => runKind(kind).isExclusive)) return CAUSES.limitVault
  // What wants a vault for itself would never get it if others went on beginning there.
  if (ahead.some(({ kind, vaultId }) => vaultId === run.vaultId && wantsAll(kind)) && !mayPass(run, sameVault))
    return CAUSES.limitVault
  const sameSource = active.filter(({ sourceId }) => run.sourceId !== null && sourceId === run.sourceId)
  if (run.kind === 'backup' && sameSource.some(({ kind }) => kind === 'restore')) return CAUSES.restore
  // A person who waits for files is not kept waiting by what the schedule does, nor by a few others' restores.
  if (run.kind === 'restore')
    return active.filter(({ kind }) => kind === 'restore').length < MOST_RESTORES ? undefined : CAUSES.limitRestores
  if (run.setId !== null && active.some(({ kind, setId }) => setId === run.setId && kind === run.kind))
    return CAUSES.sameSet
  if (run.setId === null && sameVault.some(({ kind, setId }) => kind === run.kind && setId === null))
    return CAUSES.sameKind
  if (active.length >= limits.mostRuns) return CAUSES.limit
  if (sameSource.filter(({ kind }) => kind !== 'restore').length >= limits.mostRunsPerSource) return CAUSES.limitSource
  if (sameVault.length >= limits.mostRunsPerVault) return CAUSES.limitVault
  return undefined
}

function wantsAll(kind: string): boolean {
  const { isExclusive, isAlone } = runKind(kind)
  return isExclusive === true || isAlone === true
}

/**
 * Whether a run may begin before one that waits for the vault to itself. A restore may always. A backup may while a check or
 * a verification goes on there, which may take days: it is for those that the other one waits, and no backup waits with it.
 */
function mayPass(run: QueuedRun, sameVault: readonly QueuedRun[]): boolean {
  return run.kind === 'restore' || (run.kind === 'backup' && sameVault.some(({ kind }) => runKind(kind).isLong))
}

function hold(cause: Cause): StartDecision {
  return { action: 'hold', cause }
}

/** Each has a process of its own: with more of them the computer has no memory left, and all would be slower. */
const MOST_RESTORES = 8

/** Who waited for so long comes first, whoever asked: persons who go on asking keep nothing away for ever. Milliseconds. */
const PATIENCE = 6 * 60 * 60 * 1000

/** Manual before scheduled before the appliance's own; then in the order in which they were asked for. */
export function compareQueued(a: QueuedRun, b: QueuedRun, now: number): number {
  return rank(a, now) - rank(b, now) || a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1)
}

function rank({ trigger, queuedAt }: QueuedRun, now: number): number {
  return now - queuedAt >= PATIENCE ? 0 : ORDER[trigger]
}

const ORDER = { manual: 0, schedule: 1, system: 2 } as const
