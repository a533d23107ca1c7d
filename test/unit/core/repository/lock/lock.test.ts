import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { CoreError, isCode } from '../../../../../core/base/index.ts'
import { type HeldLock, listLocks, lockRepository, removeLock } from '../../../../../core/repository/index.ts'
import { decodeLock, encodeLock } from '../../../../../core/repository/lock/lock-file.ts'
import { changeStorage } from '../../../../../core/storage/index.ts'
import { seededChance } from '../../../../support/seeded-chance.ts'
import { deadPid, MINUTE, NOW, OTHER, SELF, setLockBench } from './lock-bench.ts'

let bench: ReturnType<typeof setLockBench>
beforeEach(() => {
  bench = setLockBench()
})
afterEach(() => {
  vi.useRealTimers()
})

function lock(exclusive: boolean, more: Partial<Parameters<typeof lockRepository>[1]> = {}): Promise<HeldLock> {
  return lockRepository(bench.repository, { exclusive, clock: bench.clock, identity: SELF, ...more })
}

/** What became of a promise so far. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  return Promise.race([
    promise.then(
      () => 'resolved',
      (error: unknown) => (error instanceof CoreError ? error.code : String(error)),
    ),
    vi.advanceTimersByTimeAsync(0).then(() => 'pending'),
  ])
}

const confirmed = async (held: HeldLock): Promise<HeldLock> => {
  const confirming = held.confirm()
  confirming.catch(() => undefined)
  await bench.pass(200)
  await confirming
  return held
}

describe('locking a repository', () => {
  it('lets several share it', async () => {
    const one = await confirmed(await lock(false))
    const two = await confirmed(await lock(false, { identity: OTHER }))
    expect(await bench.lockNames()).toHaveLength(2)
    await one.release()
    await two.release()
    expect(await bench.lockNames()).toEqual([])
  })

  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])('refuses where one is exclusive (first %s, second %s), naming who holds it', async (first, second) => {
    await confirmed(await lock(first))
    const failure: unknown = await lock(second).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'repository/locked',
      retryable: true,
      message: expect.stringContaining(
        `process ${SELF.pid} of tester on bench${first ? ', exclusively' : ''}`,
      ) as string,
      safety: expect.any(String) as string,
      remedy: expect.stringContaining('unlock') as string,
      context: { host: 'bench', pid: SELF.pid },
    })
    expect(await bench.lockNames()).toHaveLength(1)
  })

  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])('never lets both through that lock at the same moment (%s and %s)', async (first, second) => {
    for (let slowness = 0; slowness < 40; slowness++) {
      bench = setLockBench()
      // Each storing of a lock takes a while of its own, so that the two meet in ever another order.
      const chance = seededChance(slowness)
      bench.meddler.save = async (work) => {
        for (let turns = chance.fraction() * 30; turns > 0; turns--) await Promise.resolve()
        await work()
      }
      const attempts = [lock(first), lock(second, { identity: { ...SELF, username: 'second' } })].map(
        async (attempt) => {
          const held = await attempt
          await held.confirm()
          return held
        },
      )
      const settled = Promise.allSettled(attempts)
      await bench.pass(400)
      const held = (await settled).filter(({ status }) => status === 'fulfilled')
      expect(held.length, `slowness ${slowness}`).toBeLessThan(2)
      expect(await bench.lockNames()).toHaveLength(held.length)
    }
  })

  it('finds who locked at the same moment 200 ms later, and writes nothing before', async () => {
    const held = await lock(false)
    const guarding = held.guard()
    guarding.catch(() => undefined)
    await bench.putLock({ exclusive: true })
    await bench.pass(199)
    expect([await stateOf(guarding), held.signal.aborted]).toEqual(['pending', false])
    await bench.pass(1)
    expect(await stateOf(guarding)).toBe('repository/locked')
    expect(held.signal.aborted && isCode(held.signal.reason, 'repository/locked')).toBe(true)
    await expect(held.guard()).rejects.toMatchObject({ code: 'repository/locked' })
    await held.release()
  })

  it('releases a lock that could not be confirmed', async () => {
    const held = await lock(true)
    await bench.putLock({})
    await expect(confirmed(held)).rejects.toMatchObject({ code: 'repository/locked' })
    expect(await bench.lockNames()).toHaveLength(1)
  })

  it('refuses where a lock cannot be read, shared or not, and never removes it', async () => {
    const name = await bench.repository.saveDocument('lock', Buffer.from('{"exclusive":false}'))
    for (const exclusive of [false, true]) {
      const failure: unknown = await lock(exclusive).catch((error: unknown) => error)
      expect(failure).toMatchObject({
        code: 'repository/locked',
        message: expect.stringContaining(name.slice(0, 8)) as string,
        remedy: expect.stringContaining('--remove-all') as string,
      })
    }
    expect(await bench.lockNames()).toEqual([name])
  })

  it('leaves no lock behind where it was aborted while storing it', async () => {
    const controller = new AbortController()
    bench.meddler.save = async (work) => {
      await work()
      controller.abort(new Error('enough'))
      controller.signal.throwIfAborted()
    }
    await expect(lock(false, { signal: controller.signal })).rejects.toThrow('enough')
    expect(await bench.lockNames()).toEqual([])
  })

  it('makes the process deaf to SIGHUP first', async () => {
    const before = process.listeners('SIGHUP')
    bench.meddler.save = async (work) => {
      expect(process.listenerCount('SIGHUP')).toBeGreaterThan(0)
      await work()
    }
    await lock(false)
    await lock(false)
    expect(process.listenerCount('SIGHUP')).toBeLessThanOrEqual(before.length + 1)
  })
})

describe('waiting for a lock', () => {
  it('goes on once the other has released it', async () => {
    const other = await confirmed(await lock(true))
    const waiting = lock(false, { retryFor: 10 * MINUTE })
    await bench.pass(2 * MINUTE)
    expect(await stateOf(waiting)).toBe('pending')
    await other.release()
    await bench.pass(MINUTE)
    expect(await stateOf(waiting)).toBe('resolved')
  })

  it('gives up when the time is over, and not much later', async () => {
    await bench.putLock({ exclusive: true, time: NOW + 60 * MINUTE })
    const waiting = lock(false, { retryFor: 2 * MINUTE })
    waiting.catch(() => undefined)
    await bench.pass(2 * MINUTE - 1)
    expect(await stateOf(waiting)).toBe('pending')
    await bench.pass(MINUTE)
    expect(await stateOf(waiting)).toBe('repository/locked')
  })

  it('ends at once when it is aborted', async () => {
    await bench.putLock({ exclusive: true })
    const controller = new AbortController()
    const waiting = lock(false, { retryFor: 10 * MINUTE, signal: controller.signal })
    waiting.catch(() => undefined)
    await bench.pass(1000)
    controller.abort(new Error('enough'))
    expect(await stateOf(waiting)).toBe('Error: enough')
  })

  it('lets two that met at the same moment come one after the other', async () => {
    const attempts = ['first', 'second'].map((username) =>
      lock(true, { retryFor: 10 * MINUTE, chance: seededChance(username), identity: { ...SELF, username } }),
    )
    const first = Promise.race(attempts)
    await bench.pass(MINUTE)
    const winner = await first
    const states = await Promise.all(attempts.map(stateOf))
    expect(states.toSorted()).toEqual(['pending', 'resolved'])
    await winner.release()
    await bench.pass(MINUTE)
    expect(await Promise.all(attempts.map(stateOf))).toEqual(['resolved', 'resolved'])
  })
})

/** As restic writes it: it does not say where the number of its process counts. */
const RESTIC = { ...SELF, pid: deadPid(), place: '', started: 0 }

describe('a lock whose owner is gone', () => {
  it.each([
    ['of another host after half an hour', { ...OTHER, time: NOW - 30 * MINUTE - 1 }],
    ['of this host in another container after half an hour', { ...SELF, place: 'x', time: NOW - 30 * MINUTE - 1 }],
    ['of a process of this place that has ended', { ...SELF, pid: deadPid() }],
    ['of a process of this place whose number another one has now', { ...SELF, started: 1 }],
    ['of restic on this host after half an hour', { ...RESTIC, time: NOW - 30 * MINUTE - 1 }],
  ])('is removed: %s', async (_, owner) => {
    await bench.putLock({ ...owner, exclusive: true })
    await confirmed(await lock(true))
    expect(await bench.lockNames()).toHaveLength(1)
  })

  it.each([
    ['of another host within half an hour', { ...OTHER, time: NOW - 30 * MINUTE }],
    ['of another host whose process number nobody has here', { ...OTHER, pid: deadPid() }],
    ['of another host whose clock is ahead', { ...OTHER, time: NOW + 120 * MINUTE }],
    ['of this place whose process lives', SELF],
    ['of this place whose process lives, whatever the clocks say', { ...SELF, time: NOW - 120 * MINUTE }],
    ['of restic on this host, whose process number may be of a container', RESTIC],
    [
      'of this host in another container, whose process number nobody has here',
      { ...SELF, place: 'x', pid: deadPid() },
    ],
    ['of this host without a process number', { ...SELF, pid: 0 }],
  ])('is not presumed: %s', async (_, owner) => {
    const name = await bench.putLock({ ...owner, exclusive: true })
    await expect(lock(false)).rejects.toMatchObject({ code: 'repository/locked' })
    expect(await bench.lockNames()).toEqual([name])
  })

  it('is not presumed of restic that can be seen at work, whatever the clocks say', async () => {
    const restic = spawn('bash', ['-c', 'exec -a restic sleep infinity'])
    onTestFinished(() => void restic.kill())
    while (!readFileSync(`/proc/${restic.pid}/cmdline`, 'latin1').startsWith('restic')) await setImmediate()
    const name = await bench.putLock({ ...RESTIC, pid: restic.pid ?? 0, exclusive: true, time: NOW - 120 * MINUTE })
    await expect(lock(false)).rejects.toMatchObject({ code: 'repository/locked' })
    expect(await bench.lockNames()).toEqual([name])
  })

  it.each([
    { told: 'half an hour', age: 30 * MINUTE + 1, isRemoved: true },
    { told: 'a minute', age: MINUTE, isRemoved: false },
  ])('is judged by the storage’s clock, too: $told', async ({ age, isRemoved }) => {
    // By our clock it is two hours old.
    const name = await bench.putLock({ ...OTHER, exclusive: true, time: NOW - 120 * MINUTE })
    const storage = changeStorage(bench.storage, {
      stat: async (handle, options) => ({
        ...(await bench.storage.stat(handle, options)),
        stored: handle.name === name ? NOW - age : NOW,
      }),
    })
    const held = await lockRepository(bench.repository.over(storage), {
      exclusive: false,
      clock: bench.clock,
      identity: SELF,
    })
    const confirming = held.confirm()
    confirming.catch(() => undefined)
    await bench.pass(200)
    if (isRemoved) await confirming
    else await expect(confirming).rejects.toMatchObject({ code: 'repository/locked' })
    expect((await bench.lockNames()).includes(name)).toBe(!isRemoved)
  })

  it('is told from others in the list, and removed alone unless all are asked for', async () => {
    const stale = await bench.putLock({ ...SELF, pid: deadPid() })
    const alive = await bench.putLock(SELF)
    const unreadable = await bench.repository.saveDocument('lock', Buffer.from('{}'))
    const options = { clock: bench.clock, identity: SELF }
    const found = new Map<string, boolean>()
    for await (const each of listLocks(bench.repository, options)) found.set(each.name, each.stale)
    expect(found).toEqual(
      new Map([
        [stale, true],
        [alive, false],
        [unreadable, false],
      ]),
    )
    expect(await removeLock(bench.repository, stale)).toBe(true)
    expect(await bench.lockNames()).toEqual([alive, unreadable])
    expect(await removeLock(bench.repository, stale)).toBe(false)
  })
})

describe('a lock file', () => {
  const whole = {
    time: NOW,
    exclusive: true,
    hostname: 'h',
    username: 'u',
    pid: 3,
    uid: 4,
    gid: 5,
    place: 'p',
    started: 6,
  }

  it('has the members that restic writes, and where its process counts, and comes back', () => {
    const plain = encodeLock(whole, '2026-01-02T03:04:05Z')
    expect(Object.keys(JSON.parse(plain.toString()) as object)).toEqual([
      'time',
      'exclusive',
      'hostname',
      'username',
      'pid',
      'uid',
      'gid',
      'place',
      'started',
    ])
    expect(decodeLock(plain, () => NOW)).toEqual(whole)
  })

  it.each(['', '[]', 'null', '{}', '{"time":7}', '{"time":"soon"}', '{"time":null,"pid":1}'])(
    'is refused as %j: nobody could call it stale',
    (text) => {
      expect(() => decodeLock(Buffer.from(text), (time) => Date.parse(time))).toThrow(
        expect.objectContaining({ code: 'repository/damaged' }),
      )
    },
  )

  it('may lack the rest, as nothing in it is needed', () => {
    const { pid, hostname } = decodeLock(Buffer.from('{"time":"2026-01-02T03:04:05Z","pid":"x"}'), Date.parse)
    expect([pid, hostname]).toEqual([0, ''])
  })
})
