import { type Abortable, type Chance, type Clock, isCode, sleep, systemChance, systemClock } from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import { refuseConflict } from './conflict.ts'
import { type HeldLock, holdLock } from './held-lock.ts'
import { type Identity, ignoreHangup, ownIdentity } from './process.ts'

export interface LockOptions extends Abortable {
  /** Nobody else may use the repository meanwhile. */
  readonly exclusive: boolean
  /** How long to wait for others to finish, in milliseconds. Default: not at all. */
  readonly retryFor?: number | undefined
  readonly clock?: Clock | undefined
  readonly chance?: Chance | undefined
  readonly identity?: Identity | undefined
}

/** The wait between two attempts, jittered by ±50 %: of two that met once, one shall come first. Milliseconds. */
const RETRY_EVERY = 5000

/**
 * Locks a repository. Throws `repository/locked`, naming who holds it. Locks whose owner is gone are removed.
 *
 * Whether somebody else locked at the same moment shows a little later: reading may begin meanwhile, `HeldLock.guard`
 * holds writes back, and `HeldLock.signal` tells. With `retryFor` the lock is confirmed before this resolves.
 */
export async function lockRepository(repository: Repository, options: LockOptions): Promise<HeldLock> {
  const { exclusive, retryFor = 0, clock = systemClock, chance = systemChance, signal } = options
  const { identity = ownIdentity() } = options
  const since = clock.monotonic()
  ignoreHangup()
  for (;;) {
    try {
      await refuseConflict(repository, { exclusive, clock, identity, signal })
      const lock = await holdLock(repository, { exclusive, clock, identity, signal })
      if (retryFor > 0) await lock.confirm()
      return lock
    } catch (error) {
      const left = retryFor - (clock.monotonic() - since)
      if (!isCode(error, 'repository/locked') || left <= 0) throw error
      await sleep(Math.min(RETRY_EVERY * (0.5 + chance.fraction()), left), { signal })
    }
  }
}
