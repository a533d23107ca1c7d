import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { systemClock } from '../../../../core/base/index.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the system clock', () => {
  it('tells the milliseconds since the epoch', () => {
    expect(systemClock.now()).toBe(1_700_000_000_000)
  })

  it('measures durations even when the date is set back meanwhile', () => {
    const before = systemClock.monotonic()
    vi.advanceTimersByTime(250)
    vi.setSystemTime(0)
    expect(systemClock.now()).toBe(0)
    expect(systemClock.monotonic() - before).toBe(250)
  })
})
