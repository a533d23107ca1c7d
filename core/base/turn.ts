import { setImmediate } from 'node:timers/promises'

import { type Clock, systemClock } from './clock.ts'

/** Nobody who presses Ctrl-C notices so many milliseconds, and a turn of the event loop costs some thousandth of them. */
const LONGEST_TURN = 50
/** Asking for the time costs as much as a step of the work does. */
const ASK_EVERY = 64

/**
 * For work that may go on for long without waiting for anything: nothing else is heard meanwhile, signals included.
 * Called between two steps, it returns at times a promise; whoever awaits that lets everybody else have a turn.
 */
export function createTurns(clock: Clock = systemClock): () => Promise<void> | undefined {
  let since = clock.monotonic()
  let steps = 0

  async function next(): Promise<void> {
    await setImmediate()
    since = clock.monotonic()
  }

  return () => {
    if (++steps % ASK_EVERY !== 0 || clock.monotonic() - since < LONGEST_TURN) return undefined
    return next()
  }
}
