import type { Clock } from '../../base/index.ts'

interface Failures {
  count: number
  /** By the monotonic clock. */
  last: number
}

export interface WaitRule {
  /** So many may fail without a wait. */
  readonly free: number
  /** The wait after the last of them. It doubles with each that follows. Milliseconds. */
  readonly first: number
  /** No wait is longer. Milliseconds. */
  readonly longest: number
  /** Failures are forgotten when there was none for so long. Milliseconds. */
  readonly forgotten: number
  /** Of so many it is known who failed; then those are forgotten who failed longest ago. */
  readonly most: number
}

/** How often whom failed, and how long he has to wait for it. */
export interface FailureCounts {
  /** Milliseconds; 0: none. */
  waitOf(key: string): number
  add(key: string): void
  /** Takes so many back. */
  take(key: string, count: number): void
  of(key: string): number
}

export function createFailureCounts(rule: WaitRule, clock: Clock): FailureCounts {
  /** Who failed longest ago comes first. */
  const known = new Map<string, Failures>()

  function find(key: string): Failures | undefined {
    const failures = known.get(key)
    if (!failures || clock.monotonic() - failures.last < rule.forgotten) return failures
    known.delete(key)
    return undefined
  }

  function makeRoom(): void {
    for (const [key, { last }] of known) {
      const isOld = clock.monotonic() - last >= rule.forgotten
      if (!isOld && known.size <= rule.most) return
      known.delete(key)
    }
  }

  return {
    waitOf(key) {
      const { count, last } = find(key) ?? { count: 0, last: 0 }
      if (count < rule.free) return 0
      const wait = Math.min(rule.longest, rule.first * 2 ** (count - rule.free))
      return Math.max(0, last + wait - clock.monotonic())
    },
    add(key) {
      const count = (find(key)?.count ?? 0) + 1
      known.delete(key)
      known.set(key, { count, last: clock.monotonic() })
      makeRoom()
    },
    take(key, count) {
      const failures = find(key)
      if (!failures) return
      failures.count -= count
      if (failures.count <= 0) known.delete(key)
    },
    of: (key) => find(key)?.count ?? 0,
  }
}
