import { type LockFile, STALE_AFTER } from './lock-file.ts'
import { type Identity, isAlive, isRestic, startOf } from './process.ts'

/**
 * What is known of who holds a lock. Of one that is `gone` the lock may be removed. One that is `silent` has not refreshed it
 * for half an hour, if the clocks are right.
 */
export type OwnerState = 'alive' | 'gone' | 'silent'

/**
 * Judges the owner of a lock, where nobody was asked: more carefully than restic's `unlock`, which a person calls. The number
 * of a process says something only of processes of the same place: a container may have the name of its host, and two hosts
 * may have one name. restic's locks do not say their place.
 */
export function judgeOwner(lock: LockFile, now: number, self: Pick<Identity, 'hostname' | 'place'>): OwnerState {
  if (lock.pid > 0 && lock.place !== '' && lock.place === self.place) {
    if (!isAlive(lock.pid)) return 'gone'
    const started = startOf(lock.pid)
    return started !== undefined && lock.started > 0 && started !== lock.started ? 'gone' : 'alive'
  }
  // A clock that was set ahead makes nobody silent who can be seen at work.
  if (lock.place === '' && lock.hostname === self.hostname && lock.pid > 0 && isRestic(lock.pid)) return 'alive'
  return now - lock.time > STALE_AFTER ? 'silent' : 'alive'
}
