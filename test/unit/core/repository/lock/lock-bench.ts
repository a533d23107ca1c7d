import { spawnSync } from 'node:child_process'

import { vi } from 'vitest'

import { type Clock, formatInstant } from '../../../../../core/base/index.ts'
import { type Identity, ownIdentity, type Repository } from '../../../../../core/repository/index.ts'
import { encodeLock, type LockFile } from '../../../../../core/repository/lock/lock-file.ts'
import { openMemoryStorage, type Storage, changeStorage } from '../../../../../core/storage/index.ts'
import { makeRepository } from '../made-repository.ts'

export const MINUTE = 60_000
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

/** This very process, as far as locks know. */
export const SELF: Identity = { ...ownIdentity(), hostname: 'bench', username: 'tester', uid: 1, gid: 2 }
export const OTHER: Identity = { ...SELF, hostname: 'elsewhere', pid: deadPid(), place: 'elsewhere' }

const made = await makeRepository()

/** Runs `meddle` before, or instead of, a call of the storage below it. */
export interface Meddler {
  save?: ((work: () => Promise<void>, handle: Parameters<Storage['save']>[0]) => Promise<void>) | undefined
  stat?: (() => Promise<void>) | undefined
  remove?: ((work: () => Promise<void>) => Promise<void>) | undefined
}

/**
 * A repository in memory and a clock under control. Both clocks and all timers move only by `pass`; the wall clock can be
 * set beside that, and all but it stands still while the computer sleeps.
 */
export function setLockBench() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: NOW })
  /** How far the clocks are from the time of the timers. */
  const ahead = { wall: 0, monotonic: 5000 - NOW }
  const clock: Clock = { now: () => Date.now() + ahead.wall, monotonic: () => Date.now() + ahead.monotonic }
  const meddler: Meddler = {}
  const storage = meddled(openMemoryStorage(), meddler)
  const repository = made.over(storage)
  return {
    clock,
    storage,
    repository,
    meddler,
    /** Sets the wall clock. */
    jump: (milliseconds: number) => {
      ahead.wall += milliseconds
    },
    /** Time passes and this process is not run: no timer fires until later. */
    suspend: (milliseconds: number) => {
      ahead.wall += milliseconds
      ahead.monotonic += milliseconds
    },
    /** Time passes. */
    pass: async (milliseconds: number) => {
      await vi.advanceTimersByTimeAsync(milliseconds)
    },
    /** Stores a lock of somebody else. Returns its name. */
    putLock: (lock: Partial<LockFile>) => {
      const whole = { ...OTHER, time: clock.now(), exclusive: false, ...lock }
      return repository.saveDocument('lock', encodeLock(whole, formatInstant(whole.time)))
    },
    lockNames: () => namesOfLocks(repository),
  }
}

async function namesOfLocks({ storage }: Repository): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of storage.list('lock')) names.push(name)
  return names
}

function meddled(inner: Storage, meddler: Meddler): Storage {
  return changeStorage(inner, {
    async save(handle, body, options) {
      const work = (): Promise<void> => inner.save(handle, body, options)
      await (meddler.save ? meddler.save(work, handle) : work())
    },
    async stat(handle, options) {
      await meddler.stat?.()
      return inner.stat(handle, options)
    },
    async remove(handle, options) {
      const work = (): Promise<void> => inner.remove(handle, options)
      await (meddler.remove ? meddler.remove(work) : work())
    },
  })
}

/** The number of a process that has ended. */
export function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}
