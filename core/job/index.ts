/**
 * Jobs are what the appliance does by itself or is asked to do.
 *
 * - **Run**: one execution of work. Its **state** changes by events only; its **cause** says why it is in it.
 * - **Attempt**: a run that fails for a reason that may pass is tried again: each time is an attempt, and each is carried
 *   out in a **run process** of its own, which gets an **order** and tells how it goes.
 * - **Executor**: what starts run processes. It may be away.
 * - **Fence**: what a run process passes immediately before it writes a snapshot, if it is still the attempt that may.
 */
export { createEngine, type Engine, type EngineOptions } from './engine/engine.ts'
export type { EngineEvent } from './engine/engine-event.ts'
export type { RunPorts } from './engine/run-ports.ts'
export type { DueRequests, RunRequest, RunRules } from './engine/run-rules.ts'
export type { Executor, ExecutorPool, Task, TaskListener } from './executor/executor.ts'
export { createLocalExecutor } from './executor/local-executor.ts'
export { clockDoubt } from './kinds/clock-doubt.ts'
export { pointOfSnapshot } from './kinds/point-of-snapshot.ts'
export { CATALOG_TAG, RUN_TAG, SET_TAG, taggedId } from './kinds/tags.ts'
export { patternOfPath } from './kinds/path-pattern.ts'
export type { Order, VaultAccess } from './process/order.ts'
export type { MadePoint, RunProgress } from './process/report.ts'
export {
  compareQueued,
  decideStart,
  type ExecutorDown,
  type QueuedRun,
  type QueueSituation,
  type RunLimits,
} from './queue/decide-start.ts'
export { type Cause, CAUSES } from './state/cause.ts'
export { runKind } from './state/run-kind.ts'
export {
  ACTIVE_STATES,
  isEnd,
  nextState,
  PENDING_STATES,
  RUN_EVENTS,
  RUN_STATES,
  type RunState,
} from './state/run-state.ts'
