import { describe, expect, it } from 'vitest'

import { sleep } from '../../../../core/base/index.ts'
import { type Bandwidth, openMemoryStorage, type Storage, withThrottle } from '../../../../core/storage/index.ts'
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts'

interface Scene {
  readonly clock: FakeClock
  readonly bandwidth: Bandwidth
  readonly storage: Storage
  /** Stores the next file, of so many bytes. */
  readonly save: (bytes: number, options?: { readonly signal: AbortSignal }) => void
  /** How many files are stored, once all that may be stored now is. */
  readonly stored: () => Promise<number>
  readonly refused: unknown[]
}

function openScene(bytesPerSecond: number | undefined): Scene {
  const clock = createFakeClock()
  const bandwidth: Bandwidth = { bytesPerSecond }
  const storage = withThrottle(openMemoryStorage(), bandwidth, clock)
  const refused: unknown[] = []
  let count = 0
  let stored = 0
  return {
    clock,
    bandwidth,
    storage,
    refused,
    save(bytes, options) {
      const name = String(count++).padStart(64, '0')
      storage.save({ kind: 'pack', name }, new Uint8Array(bytes), options).then(
        () => stored++,
        (error: unknown) => refused.push(error),
      )
    },
    async stored() {
      // What waits looks at the clock four times a second.
      await sleep(600)
      return stored
    },
  }
}

describe('storing with a limit', () => {
  it('begins with a file when those before it should be through, however many ask at once (GEN-16)', async () => {
    const { clock, save, stored } = openScene(1000)
    for (let file = 0; file < 4; file++) save(2000)
    expect(await stored()).toBe(1)
    clock.pass(1999)
    expect(await stored()).toBe(1)
    clock.pass(1)
    expect(await stored()).toBe(2)
    clock.pass(4000)
    expect(await stored()).toBe(4)
  })

  it('saves nothing up: after a rest it is no faster than before', async () => {
    const { clock, save, stored } = openScene(1000)
    save(1000)
    expect(await stored()).toBe(1)
    clock.pass(3_600_000)
    for (let file = 0; file < 3; file++) save(1000)
    expect(await stored()).toBe(2)
    clock.pass(1000)
    expect(await stored()).toBe(3)
  })

  it('follows a limit that changes, also with what waits by the old one', async () => {
    const { clock, bandwidth, save, stored } = openScene(1)
    for (let file = 0; file < 3; file++) save(1000)
    expect(await stored()).toBe(1)
    bandwidth.bytesPerSecond = 1000
    await stored()
    clock.pass(1000)
    expect(await stored()).toBe(3)
    save(1000)
    save(1000)
    clock.pass(1000)
    expect(await stored()).toBeGreaterThanOrEqual(4)
  })

  it('stores at once where there is none (GEN-15), or none any more', async () => {
    const { bandwidth, save, stored } = openScene(undefined)
    for (let file = 0; file < 3; file++) save(1_000_000)
    expect(await stored()).toBe(3)
    bandwidth.bytesPerSecond = 1
    save(1000)
    save(1000)
    expect(await stored()).toBe(4)
    bandwidth.bytesPerSecond = undefined
    expect(await stored()).toBe(5)
  })

  it('stores nothing while nothing may be stored, whatever waited before, and goes on afterwards', async () => {
    const { clock, bandwidth, save, stored } = openScene(1000)
    save(1000)
    save(1000)
    expect(await stored()).toBe(1)
    bandwidth.bytesPerSecond = 0
    save(1000)
    clock.pass(60_000)
    expect(await stored()).toBe(1)
    bandwidth.bytesPerSecond = undefined
    expect(await stored()).toBe(3)
  })

  it('ends at once where it is to stop', async () => {
    const { save, stored, refused } = openScene(1)
    const stop = new AbortController()
    save(1000, stop)
    save(1000, stop)
    expect(await stored()).toBe(1)
    stop.abort()
    expect(await stored()).toBe(1)
    expect(refused).toHaveLength(1)
  })
})
