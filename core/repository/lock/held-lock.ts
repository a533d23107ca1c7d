import { hash } from 'node:crypto'

import { type Clock, CoreError, formatInstant, isCode, sleep } from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import { sealUnpacked } from '../unpacked.ts'
import { refuseConflict } from './conflict.ts'
import { removeLock } from './found-lock.ts'
import { encodeLock, STALE_AFTER } from './lock-file.ts'
import type { Identity } from './process.ts'

/** A lock that this process holds. It refreshes itself until it is released. */
export interface HeldLock {
  /** Aborted with the reason when the lock is lost, or turns out not to have been won. */
  readonly signal: AbortSignal
  /**
   * Resolves when the lock certainly holds: two that lock at the same moment see each other only a little later. Rejects
   * with `repository/locked` where they did; the lock is then released.
   */
  confirm(): Promise<void>
  /**
   * To be awaited before every write. Throws `repository/lock-lost` once others may believe that we are gone. A
   * `decisive` write is one that others will build upon; before it the lock is looked at, at other times now and then.
   */
  guard(decisive?: boolean): Promise<void>
  /**
   * Whether nobody can have taken the lock for stale, or removed it, so far. To be asked after a write: a process may be
   * suspended in the middle of one. Looks as `guard` does.
   */
  isHeld(decisive?: boolean): Promise<boolean>
  /** Does `write` after `guard`; `release` waits for it. */
  protect<T>(write: () => Promise<T>, decisive?: boolean): Promise<T>
  /**
   * Waits for writes under way, then removes the lock. Nothing can be written under it any more. Never rejects: a lock
   * that cannot be removed will be seen as stale.
   */
  release(): Promise<void>
}

export interface HoldOptions {
  readonly exclusive: boolean
  readonly clock: Clock
  readonly identity: Identity
  readonly signal: AbortSignal | undefined
}

/** restic waits as long before it looks for others again. Milliseconds, as all below. */
const SETTLE = 200
const REFRESH_EVERY = 5 * 60 * 1000
/** A timer may be late by so much before a write refreshes the lock itself. */
const REFRESH_AT_LATEST = REFRESH_EVERY * 1.5
/** A write is only begun while there is time to finish it before anybody could call the lock stale. */
const SAFE_AGE = STALE_AFTER - 5 * 60 * 1000
const LOOK_EVERY = 1000

/** A moment on both clocks: the wall's may be set, and the monotonic one may stand still while the computer sleeps. */
interface Moment {
  readonly wall: number
  readonly monotonic: number
}

/** Writes a lock and holds it. That nobody else's forbids it is for the caller to have seen. */
export async function holdLock(
  repository: Repository,
  { exclusive, clock, identity, signal }: HoldOptions,
): Promise<HeldLock> {
  const { storage } = repository
  const lost = new AbortController()
  const ending = new AbortController()
  const writes = new Set<Promise<unknown>>()
  /** Locks of ours that were replaced and could not be removed. */
  let leftOver: string[] = []
  let refreshing: Promise<void> | undefined
  let looking: Promise<void> | undefined
  let released: Promise<void> | undefined
  let { name, since } = await write()
  let seen = since

  const settled = settle()
  settled.catch((error: unknown) => {
    if (!released) lost.abort(error)
  })
  const timer = setInterval(() => void refresh().catch(() => undefined), REFRESH_EVERY)
  timer.unref()

  async function settle(): Promise<void> {
    await sleep(SETTLE, { signal: ending.signal })
    await refuseConflict(repository, { exclusive, own: name, clock, identity, signal })
  }

  function moment(): Moment {
    return { wall: clock.now(), monotonic: clock.monotonic() }
  }

  /** Whichever clock says more: a wrong alarm stops a backup, a missed one may spoil a repository. */
  function elapsed({ wall, monotonic }: Moment): number {
    return Math.max(clock.now() - wall, clock.monotonic() - monotonic)
  }

  async function write(): Promise<{ name: string; since: Moment }> {
    // Before it is stored: others count from what the file says.
    const written = moment()
    const plain = encodeLock({ ...identity, time: written.wall, exclusive }, formatInstant(written.wall))
    const sealed = sealUnpacked(plain, repository.config.version >= 2, repository.sealer)
    const lockName = hash('sha256', sealed, 'hex')
    try {
      await storage.save({ kind: 'lock', name: lockName }, sealed, { signal })
    } catch (error) {
      // What failed, or was aborted, may be there all the same.
      await removeLock(repository, lockName).catch(() => undefined)
      throw error
    }
    return { name: lockName, since: written }
  }

  function lose(why: string, cause?: unknown): CoreError {
    const error = new CoreError('repository/lock-lost', `This process lost its lock on ${storage.location}: ${why}.`, {
      cause,
      safety: 'What was stored before is safe; the work under way was stopped before it wrote anything more.',
      remedy: 'Start it again. If the computer was asleep, keep it awake during backups.',
    })
    clearInterval(timer)
    lost.abort(error)
    return error
  }

  function assertHeld(): void {
    lost.signal.throwIfAborted()
    if (released) {
      throw new CoreError('repository/lock-lost', `The lock on ${storage.location} was given back already.`, {
        safety: 'What was stored before is safe; nothing more was written.',
        remedy: 'Start the work again.',
      })
    }
    const age = elapsed(since)
    if (age > SAFE_AGE) throw lose(`it was not refreshed for ${Math.round(age / 60_000)} minutes`)
  }

  /** Makes sure that the lock is still there. */
  function look(): Promise<void> {
    looking ??= stat().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function stat(): Promise<void> {
    const at = moment()
    try {
      await storage.stat({ kind: 'lock', name })
    } catch (error) {
      throw isCode(error, 'storage/not-found') ? lose('somebody removed it', error) : error
    }
    seen = at
  }

  function refresh(): Promise<void> {
    refreshing ??= replace().finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  async function replace(): Promise<void> {
    await settled
    assertHeld()
    await look()
    const next = await write()
    leftOver.push(name)
    name = next.name
    since = seen = next.since
    await removeLeftOver()
  }

  async function removeLeftOver(): Promise<void> {
    const names = leftOver
    leftOver = []
    for (const each of names) await removeLock(repository, each).catch(() => leftOver.push(each))
  }

  async function guard(decisive = false): Promise<void> {
    assertHeld()
    await settled
    assertHeld()
    if (refreshing || elapsed(since) > REFRESH_AT_LATEST) await refresh()
    else if (decisive || elapsed(seen) > LOOK_EVERY) await look()
    // Looking may have taken its time.
    assertHeld()
  }

  async function isHeld(decisive = false): Promise<boolean> {
    await refreshing?.catch(() => undefined)
    if (elapsed(since) > STALE_AFTER) return false
    if (!decisive && elapsed(seen) <= LOOK_EVERY) return true
    try {
      await look()
      return true
    } catch (error) {
      if (isCode(error, 'repository/lock-lost')) return false
      throw error
    }
  }

  async function end(): Promise<void> {
    ending.abort(new Error('the lock was released'))
    clearInterval(timer)
    await Promise.allSettled(writes)
    await refreshing?.catch(() => undefined)
    leftOver.push(name)
    await removeLeftOver()
  }

  function release(): Promise<void> {
    released ??= end()
    return released
  }

  return {
    signal: lost.signal,
    async confirm() {
      try {
        await settled
      } catch (error) {
        await release()
        throw error
      }
    },
    guard,
    isHeld,
    async protect(work, decisive) {
      await guard(decisive)
      const writing = work()
      writes.add(writing)
      try {
        return await writing
      } finally {
        writes.delete(writing)
      }
    },
    release,
  }
}
