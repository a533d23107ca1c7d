import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { CoreError, isCode } from '../../../../../core/base/index.ts'
import { guardStorage, type HeldLock, listLocks, lockRepository } from '../../../../../core/repository/index.ts'
import type { Storage } from '../../../../../core/storage/index.ts'
import { MINUTE, NOW, OTHER, SELF, setLockBench } from './lock-bench.ts'

const NAME = 'a'.repeat(64)

let bench: ReturnType<typeof setLockBench>
let held: HeldLock
let guarded: Storage

beforeEach(async () => {
  bench = setLockBench()
  held = await lockRepository(bench.repository, { exclusive: true, clock: bench.clock, identity: SELF })
  guarded = guardStorage(bench.storage, held)
  await bench.pass(200)
  await held.confirm()
})
afterEach(async () => {
  bench.meddler.save = bench.meddler.stat = bench.meddler.remove = undefined
  await held.release()
  vi.useRealTimers()
})

const write = (kind: 'pack' | 'index' | 'snapshot' | 'key'): Promise<void> =>
  guarded.save({ kind, name: NAME }, new Uint8Array(1))

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof CoreError) return error.code
      throw error
    },
  )
}

async function isThere(kind: 'pack' | 'index' | 'snapshot'): Promise<boolean> {
  return (await codeOf(bench.storage.stat({ kind, name: NAME }))) === 'done'
}

const unreachable = new CoreError('storage/unreachable', 'the line is down')

describe('a lock that is held', () => {
  it('is replaced by a fresh one every five minutes, and never missing', async () => {
    const seen = new Set<string>()
    for (let minute = 0; minute < 90; minute++) {
      await bench.pass(MINUTE)
      const names = await bench.lockNames()
      expect(names).toHaveLength(1)
      for (const name of names) seen.add(name)
      for await (const { lock, stale } of listLocks(bench.repository, { clock: bench.clock, identity: OTHER })) {
        expect(stale).toBe(false)
        expect(bench.clock.now() - (lock?.time ?? 0)).toBeLessThanOrEqual(5 * MINUTE)
        expect(lock).toMatchObject({ ...SELF, exclusive: true })
      }
      expect(await codeOf(write('snapshot'))).toBe('done')
    }
    expect(seen.size).toBe(19)
  })

  it('is stored anew before the old one is removed', async () => {
    const order: string[] = []
    bench.meddler.save = async (work) => {
      await work()
      order.push(`saved, now ${(await bench.lockNames()).length}`)
    }
    bench.meddler.remove = async (work) => {
      await work()
      order.push(`removed, now ${(await bench.lockNames()).length}`)
    }
    await bench.pass(5 * MINUTE)
    expect(order).toEqual(['saved, now 2', 'removed, now 1'])
  })

  it('is refreshed by a write when the timer did not come to it', async () => {
    const [before] = await bench.lockNames()
    bench.suspend(8 * MINUTE)
    expect(await codeOf(write('pack'))).toBe('done')
    expect(await bench.lockNames()).not.toEqual([before])
  })

  it('removes at its end also what it could not remove at a refresh', async () => {
    bench.meddler.remove = () => Promise.reject(unreachable)
    await bench.pass(11 * MINUTE)
    expect(await bench.lockNames()).toHaveLength(3)
    expect(await codeOf(write('snapshot'))).toBe('done')
    bench.meddler.remove = undefined
    await held.release()
    expect(await bench.lockNames()).toEqual([])
  })

  it('is released without complaint where it is gone already, or cannot be removed', async () => {
    bench.meddler.remove = () => Promise.reject(unreachable)
    await held.release()
    expect(await bench.lockNames()).toHaveLength(1)
  })
})

async function expectLost(reason: string): Promise<void> {
  for (const kind of ['snapshot', 'index', 'pack'] as const) {
    expect(await codeOf(write(kind))).toBe('repository/lock-lost')
    expect(await isThere(kind)).toBe(false)
  }
  expect(await codeOf(guarded.remove({ kind: 'pack', name: NAME }))).toBe('repository/lock-lost')
  expect(held.signal.aborted).toBe(true)
  expect(held.signal.reason).toMatchObject({
    code: 'repository/lock-lost',
    message: expect.stringContaining(reason) as string,
    safety: expect.any(String) as string,
    remedy: expect.any(String) as string,
  })
}

describe('a lock that is lost', () => {
  it('while the process was suspended for half an hour lets nothing more be written', async () => {
    bench.suspend(30 * MINUTE)
    await expectLost('30 minutes')
  })

  it('while the computer slept, and with it the monotonic clock', async () => {
    bench.jump(31 * MINUTE)
    await expectLost('31 minutes')
  })

  it('is lost on the monotonic clock where the wall clock was set back meanwhile', async () => {
    bench.suspend(31 * MINUTE)
    bench.jump(-60 * MINUTE)
    await expectLost('31 minutes')
  })

  it('is not lost by setting the wall clock back', async () => {
    bench.jump(-60 * MINUTE)
    for (let minute = 0; minute < 40; minute++) {
      await bench.pass(MINUTE)
      expect(await codeOf(write('snapshot'))).toBe('done')
    }
    expect(await bench.lockNames()).toHaveLength(1)
  })

  it('because no refresh could be stored for half an hour', async () => {
    bench.meddler.save = (work, { kind }) => (kind === 'lock' ? Promise.reject(unreachable) : work())
    await bench.pass(24 * MINUTE)
    expect(held.signal.aborted).toBe(false)
    await bench.pass(7 * MINUTE)
    await expectLost('not refreshed')
  })

  it('because somebody removed it is seen before anything decisive is written', async () => {
    for (const name of await bench.lockNames()) await bench.storage.remove({ kind: 'lock', name })
    await expectLost('removed')
  })

  it('because somebody removed it is seen ten seconds later by writers of packs', async () => {
    for (const name of await bench.lockNames()) await bench.storage.remove({ kind: 'lock', name })
    bench.suspend(10_001)
    expect(await codeOf(write('pack'))).toBe('repository/lock-lost')
  })

  it('because somebody removed it is seen at the next refresh where nothing is written at all', async () => {
    for (const name of await bench.lockNames()) await bench.storage.remove({ kind: 'lock', name })
    await bench.pass(5 * MINUTE)
    expect(held.signal.aborted).toBe(true)
    expect(await bench.lockNames()).toEqual([])
  })

  it('stays lost when the clock says better', async () => {
    bench.suspend(31 * MINUTE)
    await expectLost('31 minutes')
    bench.jump(-31 * MINUTE)
    await bench.pass(10 * MINUTE)
    await expectLost('31 minutes')
    expect(await bench.lockNames()).toHaveLength(1)
  })
})

describe('a write under a lock', () => {
  it('that was begun in time and ended too late is taken back where others would build upon it', async () => {
    bench.meddler.save = async (work) => {
      await work()
      bench.suspend(31 * MINUTE)
    }
    expect(await codeOf(write('snapshot'))).toBe('repository/lock-lost')
    expect(await isThere('snapshot')).toBe(false)
  })

  it('is aborted when the lock is lost meanwhile', async () => {
    let signal: AbortSignal | undefined
    const slow = guardStorage(
      {
        ...bench.storage,
        save: (_, __, options) => {
          signal = options?.signal
          return new Promise((resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal?.reason))
          })
        },
      },
      held,
    )
    const writing = slow.save({ kind: 'pack', name: NAME }, new Uint8Array(1))
    writing.catch(() => undefined)
    for (const name of await bench.lockNames()) await bench.storage.remove({ kind: 'lock', name })
    await bench.pass(5 * MINUTE)
    expect(await codeOf(writing)).toBe('repository/lock-lost')
  })

  it('is still aborted by its own signal', async () => {
    const reason = new Error('enough')
    const saving = guarded.save({ kind: 'pack', name: NAME }, new Uint8Array(1), { signal: AbortSignal.abort(reason) })
    await expect(saving).rejects.toBe(reason)
  })

  it('is waited for by the release, and none is begun after it', async () => {
    const saving = Promise.withResolvers<undefined>()
    bench.meddler.save = async (work) => {
      await saving.promise
      await work()
    }
    const writing = write('pack')
    await vi.advanceTimersByTimeAsync(0)
    const releasing = held.release()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await bench.lockNames()).toHaveLength(1)
    expect(await codeOf(write('snapshot'))).toBe('repository/lock-lost')
    saving.resolve(undefined)
    await writing
    await releasing
    expect([await bench.lockNames(), await isThere('pack'), await isThere('snapshot')]).toEqual([[], true, false])
  })

  it('of a lock itself passes, and so do all reads', async () => {
    bench.suspend(31 * MINUTE)
    await bench.storage.save({ kind: 'pack', name: NAME }, new Uint8Array(1))
    expect(await codeOf(guarded.save({ kind: 'lock', name: NAME }, new Uint8Array(1)))).toBe('done')
    expect(await codeOf(guarded.remove({ kind: 'lock', name: NAME }))).toBe('done')
    expect(await codeOf(guarded.load({ kind: 'pack', name: NAME }))).toBe('done')
    expect(await codeOf(guarded.stat({ kind: 'pack', name: NAME }))).toBe('done')
    expect(await codeOf(guarded.list('pack')[Symbol.asyncIterator]().next())).toBe('done')
    expect(await codeOf(guarded.prepare())).toBe('done')
  })
})

describe('a lock that settles', () => {
  it('does not take its own refreshed lock for somebody else', async () => {
    await held.release()
    const fresh = await lockRepository(bench.repository, { exclusive: true, clock: bench.clock, identity: SELF })
    // Suspended within the 200 ms, so that refreshing and looking for others fall together.
    bench.suspend(10 * MINUTE)
    const guarding = fresh.guard()
    await vi.advanceTimersByTimeAsync(5 * MINUTE)
    expect(await codeOf(guarding)).toBe('done')
    expect(isCode(fresh.signal.reason, 'repository/locked')).toBe(false)
    await fresh.release()
    expect(await bench.lockNames()).toEqual([])
  })

  it('is not held up by it when it is released before', async () => {
    await held.release()
    const fresh = await lockRepository(bench.repository, { exclusive: false, clock: bench.clock, identity: SELF })
    await fresh.release()
    expect(vi.getTimerCount()).toBe(0)
    expect(fresh.signal.aborted).toBe(false)
    expect(NOW).toBeLessThan(bench.clock.now())
  })
})
