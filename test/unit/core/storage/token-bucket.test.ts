import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Clock } from '../../../../core/base/index.ts'
import { type Bandwidth, TokenBucket } from '../../../../core/storage/index.ts'

interface Taken {
  /** Milliseconds. */
  readonly at: number
  readonly bytes: number
}

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Each of several takes portion after portion, as uploads do, until told to stop. */
function startTaking(bucket: TokenBucket, takers: number): { taken: Taken[]; stop: () => void } {
  const taken: Taken[] = []
  const ended = new AbortController()
  const take = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const bytes = bucket.portion
      await bucket.take(bytes)
      taken.push({ at: performance.now(), bytes })
    }
  }
  for (let taker = 0; taker < takers; taker++) void take()
  return { taken, stop: () => ended.abort() }
}

/** Of all spans of so many milliseconds, how many bytes the fullest and the emptiest had. */
function extremes(taken: readonly Taken[], span: number, from: number, to: number): { most: number; least: number } {
  const inside = taken.filter(({ at }) => at >= from && at <= to)
  let most = 0
  let least = Number.POSITIVE_INFINITY
  let first = 0
  let sum = 0
  for (const { at, bytes } of inside) {
    sum += bytes
    for (let oldest = inside[first]; oldest !== undefined && oldest.at <= at - span; oldest = inside[first]) {
      sum -= oldest.bytes
      first += 1
    }
    most = Math.max(most, sum)
    if (at - from >= span) least = Math.min(least, sum)
  }
  return { most, least }
}

describe('one bandwidth for all uploads', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([1, 10, 100, 1000])('keeps to %i Mbit/s in each second and each minute (CC-17)', async (mbit) => {
    const rate = (mbit * 1e6) / 8
    const { taken, stop } = startTaking(new TokenBucket({ bytesPerSecond: rate }, clock), 4)
    await vi.advanceTimersByTimeAsync(70_000)
    stop()
    expect(extremes(taken, 1000, 0, 70_000).most).toBeLessThanOrEqual(1.05 * rate)
    expect(extremes(taken, 60_000, 0, 70_000).least).toBeGreaterThanOrEqual(0.95 * 60 * rate)
  })

  it('makes up for a process that is busy elsewhere for 60 ms of every three seconds, and is never too fast (CC-17)', async () => {
    const rate = 1.25e6
    const { taken, stop } = startTaking(new TokenBucket({ bytesPerSecond: rate }, clock), 4)
    for (let round = 0; round < 40; round++) {
      await vi.advanceTimersByTimeAsync(2940)
      // Nothing runs meanwhile: the clock goes on alone.
      const busyUntil = performance.now() + 60
      while (performance.now() < busyUntil) vi.advanceTimersByTime(60)
      await vi.advanceTimersByTimeAsync(0)
    }
    stop()
    expect(extremes(taken, 1000, 0, 120_000).most).toBeLessThanOrEqual(1.05 * rate)
    expect(extremes(taken, 60_000, 5000, 118_000).least).toBeGreaterThanOrEqual(0.98 * 60 * rate)
  })

  it('goes by a new limit at once, and by none', async () => {
    const bandwidth: Bandwidth = { bytesPerSecond: 125_000 }
    const { taken, stop } = startTaking(new TokenBucket(bandwidth, clock), 2)
    await vi.advanceTimersByTimeAsync(5000)
    bandwidth.bytesPerSecond = 1_250_000
    await vi.advanceTimersByTimeAsync(5000)
    bandwidth.bytesPerSecond = 12_500
    await vi.advanceTimersByTimeAsync(5000)
    stop()
    const bytesIn = (from: number, to: number): number =>
      taken.filter(({ at }) => at > from && at <= to).reduce((sum, { bytes }) => sum + bytes, 0)
    expect(bytesIn(5200, 6200) / 1_250_000).toBeCloseTo(1, 1)
    expect(bytesIn(11_200, 12_200) / 12_500).toBeCloseTo(1, 1)
    bandwidth.bytesPerSecond = undefined
    await new TokenBucket(bandwidth, clock).take(1e12)
  })

  it('saves nothing up while nobody waits', async () => {
    const rate = 1e6
    const bucket = new TokenBucket({ bytesPerSecond: rate }, clock)
    await vi.advanceTimersByTimeAsync(60_000)
    const { taken, stop } = startTaking(bucket, 1)
    await vi.advanceTimersByTimeAsync(1000)
    stop()
    expect(taken.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1.05 * rate)
  })

  it('lets the next one pass where one gives up, who hears why', async () => {
    const bucket = new TokenBucket({ bytesPerSecond: 1000 }, clock)
    const first = bucket.take(1000)
    await vi.advanceTimersByTimeAsync(100)
    await first
    const stop = new AbortController()
    const given = bucket.take(512, { signal: stop.signal })
    const next = bucket.take(512)
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(given).rejects.toBe(reason)
    await vi.advanceTimersByTimeAsync(2000)
    await next
  })
})
