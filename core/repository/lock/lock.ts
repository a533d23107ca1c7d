import {
  type Abortable,
  type Clock,
  CoreError,
  formatInstant,
  isCode,
  parseInstant,
  sleep,
  systemClock,
} from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import { decodeLock, encodeLock, isStale, type LockFile, STALE_AFTER } from './lock-file.ts'
import { type Identity, ignoreHangup, isAlive, ownIdentity } from './process.ts'

export interface LockOptions extends Abortable {
  /** Nobody else may use the repository meanwhile. */
  readonly exclusive: boolean
  /** How long to wait for others to finish, in milliseconds. Default: not at all. */
  readonly retryFor?: number | undefined
  readonly clock?: Clock | undefined
  readonly identity?: Identity | undefined
}

/** A lock that this process holds. It refreshes itself until it is released. */
export interface HeldLock {
  /**
   * Resolves when the lock certainly holds, and must be awaited before anything is written: two that lock at the same
   * moment see each other only a little later.
   */
  confirm(): Promise<void>
  /** To be awaited before every write. Throws `repository/lock-lost` once others may believe that we are gone. */
  guard(): Promise<void>
  /** Aborted with the reason when the lock is lost. */
  readonly signal: AbortSignal
  release(): Promise<void>
}

/** restic waits as long before it looks for others again. */
const SETTLE = 200
const REFRESH_EVERY = 5 * 60 * 1000
/** A write is only begun while there is time to finish it before anybody could call the lock stale. */
const SAFE_AGE = STALE_AFTER - 5 * 60 * 1000
const RETRY_EVERY = 5000

/** Locks a repository. Throws `repository/locked`, naming who holds it. Locks whose owner is gone are removed. */
export async function lockRepository(repository: Repository, options: LockOptions): Promise<HeldLock> {
  const { retryFor = 0, clock = systemClock, signal } = options
  const since = clock.monotonic()
  for (;;) {
    try {
      return await tryLock(repository, options)
    } catch (error) {
      const left = retryFor - (clock.monotonic() - since)
      if (!isCode(error, 'repository/locked') || left <= 0) throw error
      await sleep(Math.min(RETRY_EVERY, left), { signal })
    }
  }
}

async function tryLock(repository: Repository, options: LockOptions): Promise<HeldLock> {
  const { exclusive, clock = systemClock, identity = ownIdentity(), signal } = options
  const { storage } = repository
  ignoreHangup()
  await refuseConflict(repository, exclusive, undefined, clock, identity, { signal })

  const lost = new AbortController()
  let writtenAt = clock.now()
  let writtenMonotonic = clock.monotonic()
  let name = await write()
  let released = false
  let refreshing: Promise<void> | undefined
  const timer = setInterval(() => void refresh().catch(() => undefined), REFRESH_EVERY)
  timer.unref()

  const settled = sleep(SETTLE).then(() => refuseConflict(repository, exclusive, name, clock, identity, { signal }))
  settled.catch(() => undefined)

  async function write(): Promise<string> {
    writtenAt = clock.now()
    writtenMonotonic = clock.monotonic()
    const lock: LockFile = { ...identity, time: writtenAt, exclusive }
    return repository.saveDocument('lock', encodeLock(lock, formatInstant(writtenAt)), { signal })
  }

  /** The wall clock stands still for nobody, the monotonic one cannot be set: the older of the two counts. */
  function age(): number {
    return Math.max(clock.now() - writtenAt, clock.monotonic() - writtenMonotonic)
  }

  function refresh(): Promise<void> {
    refreshing ??= replace().finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  async function replace(): Promise<void> {
    if (released) return
    if (age() > SAFE_AGE) throw lose(`it was not refreshed for ${Math.round(age() / 60_000)} minutes`)
    try {
      await storage.stat({ kind: 'lock', name })
    } catch (error) {
      throw isCode(error, 'storage/not-found') ? lose('somebody removed it', error) : error
    }
    const old = name
    name = await write()
    await removeLock(repository, old)
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

  async function release(): Promise<void> {
    if (released) return
    released = true
    clearInterval(timer)
    await refreshing?.catch(() => undefined)
    await removeLock(repository, name)
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
    async guard() {
      lost.signal.throwIfAborted()
      await settled
      if (age() > REFRESH_EVERY * 1.5) await refresh()
    },
    release,
  }
}

async function removeLock(repository: Repository, name: string): Promise<void> {
  try {
    await repository.storage.remove({ kind: 'lock', name })
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
  }
}

/** A lock as it was found. */
export interface FoundLock {
  readonly name: string
  /** Undefined where the file cannot be read as a lock. */
  readonly lock: LockFile | undefined
  readonly stale: boolean
}

/** Yields the locks of a repository. */
export async function* listLocks(
  repository: Repository,
  { clock = systemClock, identity = ownIdentity(), signal }: Partial<LockOptions> = {},
): AsyncGenerator<FoundLock> {
  for await (const { name } of repository.storage.list('lock', { signal })) {
    try {
      const lock = decodeLock(await repository.loadDocument('lock', name, { signal }), parseInstant)
      yield { name, lock, stale: isStale(lock, clock.now(), identity.hostname, isAlive) }
    } catch (error) {
      // Refreshed or released since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!isCode(error, 'repository/damaged')) throw error
      yield { name, lock: undefined, stale: false }
    }
  }
}

/** Removes locks: those whose owner is gone, or with `all` every one. Returns how many. */
export async function removeLocks(
  repository: Repository,
  all: boolean,
  options: Partial<LockOptions> = {},
): Promise<number> {
  let removed = 0
  for await (const { name, stale } of listLocks(repository, options)) {
    if (!all && !stale) continue
    await removeLock(repository, name)
    removed++
  }
  return removed
}

async function refuseConflict(
  repository: Repository,
  exclusive: boolean,
  own: string | undefined,
  clock: Clock,
  identity: Identity,
  options: Abortable,
): Promise<void> {
  for await (const { name, lock, stale } of listLocks(repository, { ...options, clock, identity })) {
    if (name === own) continue
    if (stale) {
      await removeLock(repository, name)
      continue
    }
    if (!lock || lock.exclusive || exclusive) throw lockedBy(repository, name, lock)
  }
}

function lockedBy(repository: Repository, name: string, lock: LockFile | undefined): CoreError {
  const who = lock
    ? `process ${lock.pid} of ${lock.username || 'unknown user'} on ${lock.hostname}${lock.exclusive ? ', exclusively' : ''}`
    : `a lock that cannot be read (${name.slice(0, 8)})`
  return new CoreError('repository/locked', `The repository at ${repository.storage.location} is locked by ${who}.`, {
    retryable: true,
    safety: 'Stored data is safe; nothing was changed.',
    remedy: lock
      ? 'Wait for it to end, or give --retry-lock a time to wait. If that process is gone, `holdfast repo unlock` removes its lock.'
      : 'Once you are sure that nobody uses the repository, `holdfast repo unlock --remove-all` removes it.',
    context: lock ? { host: lock.hostname, pid: lock.pid } : { lock: name },
  })
}
