import type { Clock } from '../../core/base/index.ts'

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Milliseconds. */
  pass(time: number): void
}

export function createFakeClock(now = 0): FakeClock {
  let passed = 0
  return {
    now: () => now + passed,
    monotonic: () => passed,
    pass: (time) => void (passed += time),
  }
}
