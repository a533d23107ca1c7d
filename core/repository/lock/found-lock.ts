import { type Abortable, type Clock, isCode, parseInstant, systemClock } from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import { judgeOwner, type OwnerState } from './judge-owner.ts'
import { decodeLock, isStale, type LockFile } from './lock-file.ts'
import { type Identity, isAlive, ownIdentity } from './process.ts'

/** A lock as it was found. */
export interface FoundLock {
  readonly name: string
  /** Undefined where the file cannot be read as a lock. */
  readonly lock: LockFile | undefined
  /** Its owner is gone, as restic judges that. Never said of a lock that cannot be read. */
  readonly stale: boolean
  /** Its owner, as judged where nobody was asked. Who cannot be read is taken to be alive. */
  readonly owner: OwnerState
}

export interface ListLocksOptions extends Abortable {
  readonly clock?: Clock | undefined
  /** Who asks: only processes of the same place can be judged. */
  readonly identity?: Pick<Identity, 'hostname' | 'place'> | undefined
}

/** Yields the locks of a repository. */
export async function* listLocks(
  repository: Repository,
  { clock = systemClock, identity = ownIdentity(), signal }: ListLocksOptions = {},
): AsyncGenerator<FoundLock> {
  for await (const { name } of repository.storage.list('lock', { signal })) {
    try {
      const lock = decodeLock(await repository.loadDocument('lock', name, { signal }), parseInstant)
      const now = clock.now()
      const stale = isStale(lock, now, identity.hostname, isAlive)
      yield { name, lock, stale, owner: judgeOwner(lock, now, identity) }
    } catch (error) {
      // Refreshed or released since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!isCode(error, 'repository/damaged')) throw error
      yield { name, lock: undefined, stale: false, owner: 'alive' }
    }
  }
}

/** Removes a lock, unread. False where it was gone already: released, or refreshed under another name. */
export async function removeLock(repository: Repository, name: string): Promise<boolean> {
  try {
    await repository.storage.remove({ kind: 'lock', name })
    return true
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return false
    throw error
  }
}
