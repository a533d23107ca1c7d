import { type Cause, CAUSES } from '../state/cause.ts'
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
  | { readonly action: 'begin' }
  | { readonly action: 'hold' | 'skip' | 'refuse' | 'expire'; readonly cause: Cause }

/** What else holds at the moment. */
export interface QueueSituation {
  readonly now: number
  readonly limits: RunLimits
  /** Runs that are carried out. */
  readonly active: readonly QueuedRun[]
  /** Runs that come before this one and have not begun. */
  readonly ahead: readonly QueuedRun[]
  /** Sets of which it is not yet known what became of an interrupted run. */
  readonly unsettledSets: ReadonlySet<string>
  /** When the next window of its policy opens; undefined: it is open, or the run needs none. */
  readonly windowOpens: number | undefined
  /** What its executor being away means for it; undefined: it is there. */
  readonly executorDown: StartDecision | undefined
}

/** Kinds that remove files of a vault, which nobody else uses meanwhile. */
const EXCLUSIVE: ReadonlySet<string> = new Set(['forget', 'prune'])

/**
 * Decides whether a run begins now. Of several reasons that keep it the one that lasts longest, or that a person can do
 * something about, is told.
 *
 * GEN-19 and GEN-20 are taken so: a backup that goes on is not disturbed by a restore of the same source, and a restore never
 * waits for a backup; a backup that is to begin waits until restores of the source have ended.
 */
export function decideStart(run: QueuedRun, situation: QueueSituation): StartDecision {
  const { now, executorDown, windowOpens, unsettledSets } = situation
  if (run.expiresAt !== null && now >= run.expiresAt) return { action: 'expire', cause: CAUSES.expired }
  if (executorDown) return executorDown
  if (run.notBefore !== null && now < run.notBefore) return hold(RETRY_LATER)
  if (windowOpens !== undefined) return hold(CAUSES.window)
  if (run.setId !== null && unsettledSets.has(run.setId)) return hold(UNSETTLED)
  return decideRoom(run, situation)
}

const RETRY_LATER: Cause = { code: 'retry', text: 'It is tried again after a while.' }
const UNSETTLED: Cause = {
  code: 'unsettled',
  text: 'It waits until it is known what became of the run before, which was interrupted.',
}

function decideRoom(run: QueuedRun, { limits, active, ahead }: QueueSituation): StartDecision {
  const sameVault = active.filter(({ vaultId }) => vaultId === run.vaultId)
  if (EXCLUSIVE.has(run.kind) && sameVault.length > 0) return hold(CAUSES.exclusive)
  if (sameVault.some(({ kind }) => EXCLUSIVE.has(kind))) return hold(CAUSES.limitVault)
  // What wants a vault for itself would never get it if others went on beginning there.
  if (ahead.some(({ kind, vaultId }) => vaultId === run.vaultId && EXCLUSIVE.has(kind)) && run.trigger !== 'manual')
    return hold(CAUSES.limitVault)
  if (run.setId !== null && active.some(({ kind, setId }) => setId === run.setId && kind === run.kind))
    return hold(CAUSES.sameSet)
  const sameSource = active.filter(({ sourceId }) => run.sourceId !== null && sourceId === run.sourceId)
  if (run.kind === 'backup' && sameSource.some(({ kind }) => kind === 'restore')) return hold(CAUSES.restore)
  // A person who waits for files is not kept waiting by what the schedule does.
  if (run.kind === 'restore') return { action: 'begin' }
  if (active.length >= limits.mostRuns) return hold(CAUSES.limit)
  if (sameSource.filter(({ kind }) => kind !== 'restore').length >= limits.mostRunsPerSource)
    return hold(CAUSES.limitSource)
  if (sameVault.length >= limits.mostRunsPerVault) return hold(CAUSES.limitVault)
  return { action: 'begin' }
}

function hold(cause: Cause): StartDecision {
  return { action: 'hold', cause }
}

/** Manual before scheduled before the appliance's own; then in the order in which they were asked for. */
export function compareQueued(a: QueuedRun, b: QueuedRun): number {
  return ORDER[a.trigger] - ORDER[b.trigger] || a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1)
}

const ORDER = { manual: 0, schedule: 1, system: 2 } as const
