/** Time as a dependency. Nothing outside this file reads the system clock. */
export interface Clock {
  /** Milliseconds since the epoch. It may jump; never measure a duration with it. */
  now(): number
  /** Milliseconds since an arbitrary moment, never going back. For durations and rates. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
