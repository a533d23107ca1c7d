import { CoreError, formatInstant, isCode } from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import { listLocks, type ListLocksOptions, removeLock } from './found-lock.ts'
import { type LockFile, STALE_AFTER } from './lock-file.ts'

export interface ConflictOptions extends ListLocksOptions {
  readonly exclusive: boolean
  /** The name of the lock that is not somebody else's. */
  readonly own?: string | undefined
}

/**
 * Throws `repository/locked` where somebody else's lock forbids ours: any that is exclusive or cannot be read, and for an
 * exclusive one any at all. Locks whose owner is gone are removed. One that is silent forbids ours only once ours is stored:
 * then the storage's clock tells, too, whether it is half an hour old, whatever is wrong with ours.
 */
export async function refuseConflict(
  repository: Repository,
  { exclusive, own, ...options }: ConflictOptions,
): Promise<void> {
  for await (const { name, lock, owner } of listLocks(repository, options)) {
    if (name === own) continue
    if (owner === 'gone') await removeLock(repository, name)
    else if (!lock || lock.exclusive || exclusive) {
      if (owner === 'alive') throw lockedBy(repository, name, lock)
      if (own === undefined) continue
      if (!(await isOld(repository, name, own))) throw lockedBy(repository, name, lock)
      await removeLock(repository, name)
    }
  }
}

/** Whether the storage, where it has a clock, took a lock half an hour before it took ours, or has it no more. */
async function isOld({ storage }: Repository, name: string, own: string): Promise<boolean> {
  const ours = (await storage.stat({ kind: 'lock', name: own })).stored
  try {
    const theirs = (await storage.stat({ kind: 'lock', name })).stored
    return ours === undefined || theirs === undefined || ours - theirs > STALE_AFTER
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return true
    throw error
  }
}

function lockedBy(repository: Repository, name: string, lock: LockFile | undefined): CoreError {
  const who = lock
    ? `process ${lock.pid} of ${lock.username || 'unknown user'} on ${lock.hostname}${lock.exclusive ? ', exclusively' : ''} (last sign of life ${formatInstant(lock.time)})`
    : `a lock that cannot be read (${name.slice(0, 8)})`
  return new CoreError('repository/locked', `The repository at ${repository.storage.location} is locked by ${who}.`, {
    retryable: true,
    safety: 'Stored data is safe; nothing was changed.',
    remedy: lock
      ? 'Wait for it to end, or give --retry-lock a time to wait. If that process is gone, `holdfast repo unlock` removes its lock: at once on the host where it ran, elsewhere half an hour after its last sign of life.'
      : 'Once you are sure that nobody uses the repository, `holdfast repo unlock --remove-all` removes it.',
    context: lock ? { host: lock.hostname, pid: lock.pid } : { lock: name },
  })
}
