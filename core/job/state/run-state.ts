/**
 * The states of a run.
 *
 * - `queued`: it was asked for. `waiting`: it would begin, but for something that its cause names.
 * - `running`: an attempt is carried out. `cancelling`: it was asked to stop, and has not yet.
 * - `interrupted`: an attempt broke off and nobody has said how it ended; what became of it is being looked at.
 * - The others are ends. `warning`: done, but for something that is named. `skipped`: it never began, by a rule. `expired`:
 *   it waited for too long.
 */
export const RUN_STATES = [
  'queued',
  'waiting',
  'running',
  'cancelling',
  'interrupted',
  'succeeded',
  'warning',
  'failed',
  'cancelled',
  'skipped',
  'expired',
] as const

export type RunState = (typeof RUN_STATES)[number]

/**
 * What happens to a run.
 *
 * - `hold`: something keeps it from beginning.
 * - `begin`: an attempt begins. `done`, `done-with-warnings`, `attempt-failed`: it ended so.
 * - `retry`: after a failure that may pass, or an interruption, another attempt is to come.
 * - `cancel`: a person wants it stopped. `stopped`: it has.
 * - `refuse`: it cannot be carried out, and never began. `skip`, `expire`: see the states.
 * - `interrupt`: the attempt broke off: its process or the appliance ended meanwhile. `found`, `found-with-warnings`: what it
 *   had done turned out to be complete.
 */
export const RUN_EVENTS = [
  'hold',
  'begin',
  'done',
  'done-with-warnings',
  'attempt-failed',
  'retry',
  'cancel',
  'stopped',
  'refuse',
  'skip',
  'expire',
  'interrupt',
  'found',
  'found-with-warnings',
] as const

export type RunEvent = (typeof RUN_EVENTS)[number]

/** Where each event leads from each state. What is not named cannot happen there. */
const TRANSITIONS: Readonly<Record<RunState, Partial<Readonly<Record<RunEvent, RunState>>>>> = {
  queued: {
    hold: 'waiting',
    begin: 'running',
    cancel: 'cancelled',
    refuse: 'failed',
    skip: 'skipped',
    expire: 'expired',
  },
  waiting: {
    // For something else than before.
    hold: 'waiting',
    begin: 'running',
    cancel: 'cancelled',
    refuse: 'failed',
    skip: 'skipped',
    expire: 'expired',
  },
  running: {
    done: 'succeeded',
    'done-with-warnings': 'warning',
    'attempt-failed': 'failed',
    retry: 'waiting',
    cancel: 'cancelling',
    interrupt: 'interrupted',
  },
  cancelling: {
    // It was asked to stop when there was nothing left to stop.
    done: 'succeeded',
    'done-with-warnings': 'warning',
    // What failed while it was being stopped was wanted to end.
    'attempt-failed': 'cancelled',
    cancel: 'cancelling',
    stopped: 'cancelled',
    interrupt: 'interrupted',
  },
  interrupted: {
    found: 'succeeded',
    'found-with-warnings': 'warning',
    'attempt-failed': 'failed',
    retry: 'waiting',
    // It ends when it is known what it has done: that may have been all of it.
    cancel: 'interrupted',
    stopped: 'cancelled',
  },
  succeeded: {},
  warning: {},
  failed: {},
  cancelled: {},
  skipped: {},
  expired: {},
}

/** The state that follows, or undefined where that cannot happen. */
export function nextState(state: RunState, event: RunEvent): RunState | undefined {
  return TRANSITIONS[state][event]
}

/** States in which a run takes a place among those that go on at the same time. */
export const ACTIVE_STATES = ['running', 'cancelling'] as const satisfies readonly RunState[]

/** States in which a run may begin. */
export const PENDING_STATES = ['queued', 'waiting'] as const satisfies readonly RunState[]

/** Whether nothing follows any more. */
export function isEnd(state: RunState): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0
}
