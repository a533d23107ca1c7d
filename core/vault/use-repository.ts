import { isCode, reasonOf } from '../base/index.ts'
import {
  guardStorage,
  type HeldLock,
  type LaneMixer,
  listPresentPacks,
  lockRepository,
  openRepository,
  type PresentPacks,
  type Repository,
} from '../repository/index.ts'
import { type Storage, withReadonly } from '../storage/index.ts'

/**
 * How a repository is used.
 *
 * - `shared`: others may read and add meanwhile.
 * - `exclusive`: nobody else uses it, which is certain before the work begins.
 * - `read`: as shared, but with no lock of its own, and so nothing can be written.
 * - `none`: for what deals with locks itself.
 */
export type LockMode = 'none' | 'read' | 'shared' | 'exclusive'

/** A repository that is to be opened. */
export interface Opening {
  readonly storage: Storage
  readonly password: Buffer
  /** How long to try where somebody else's lock is in the way. Milliseconds; default: not at all. */
  readonly retryFor?: number | undefined
  readonly signal: AbortSignal
  /** Told where a lock could not be removed. It is nobody's once this process has ended. */
  readonly onLockLeft: (reason: string) => void
  /** Says more of why no lock could be written, to whoever knows the caller's ways. */
  readonly explainUnlocked?: ((error: unknown, mode: LockMode) => unknown) | undefined
  /** Whether an error already says why the work was stopped. */
  readonly tellsStop?: ((error: unknown) => boolean) | undefined
}

/** An opened repository, locked as it was asked for. */
export interface RepositorySession {
  readonly repository: Repository
  /** Aborted with the caller's, and when the lock is lost. */
  readonly signal: AbortSignal
  readonly lock: HeldLock | undefined
  /** For work that needs it: which packs there are. */
  readonly presentPacks: Promise<PresentPacks> | undefined
}

export interface SessionNeeds {
  /** Lists the packs in the storage. It needs no key, so it is done while that is derived. */
  readonly listPacks?: boolean
  /** Threads that derive the key. */
  readonly laneMixer?: LaneMixer | undefined
}

/** Opens and locks a repository, runs `work`, and leaves no lock behind. */
export async function useRepository<T>(
  opening: Opening,
  mode: LockMode,
  work: (session: RepositorySession) => Promise<T>,
  { listPacks = false, laneMixer }: SessionNeeds = {},
): Promise<T> {
  const { storage, password, signal } = opening
  using listing = listPacks ? beginListing(storage, signal) : undefined
  const presentPacks = listing?.packs
  const opened = await openRepository(storage, password, { signal, laneMixer })
  const unlessStopped = stopTeller(opening)
  if (mode === 'none')
    return await unlessStopped(signal, work({ repository: opened, signal, lock: undefined, presentPacks }))
  if (mode === 'read') {
    const repository = opened.over(withReadonly(storage))
    return await unlessStopped(signal, work({ repository, signal, lock: undefined, presentPacks }))
  }
  const lock = await takeLock(opened, mode, opening)
  const either = AbortSignal.any([signal, lock.signal])
  try {
    if (mode === 'exclusive') await lock.confirm()
    const repository = opened.over(guardStorage(storage, lock))
    return await unlessStopped(either, work({ repository, signal: either, lock, presentPacks }))
  } finally {
    await release(lock, opening)
  }
}

interface Listing extends Disposable {
  readonly packs: Promise<PresentPacks>
}

/** Ends with the session: where there is no repository, nobody is to wait until no other attempt to list it is left. */
function beginListing(storage: Storage, signal: AbortSignal): Listing {
  const ended = new AbortController()
  const packs = listPresentPacks(storage, { signal: AbortSignal.any([signal, ended.signal]) })
  // It may fail before anybody awaits it; where there is no repository, that is told otherwise.
  packs.catch(() => undefined)
  return { packs, [Symbol.dispose]: () => ended.abort() }
}

/** What fails because it was stopped says why it was stopped, whatever was made of that on the way. */
function stopTeller({ tellsStop = () => false }: Opening): <T>(signal: AbortSignal, work: Promise<T>) => Promise<T> {
  return async (signal, work) => {
    try {
      return await work
    } catch (error) {
      if (!tellsStop(error)) signal.throwIfAborted()
      throw error
    }
  }
}

async function takeLock(repository: Repository, mode: LockMode, opening: Opening): Promise<HeldLock> {
  const { retryFor, signal, explainUnlocked = (error) => error } = opening
  try {
    // The lock is the first thing that this process saves.
    await repository.storage.prepare({ signal })
    return await lockRepository(repository, { exclusive: mode === 'exclusive', retryFor, signal })
  } catch (error) {
    throw explainUnlocked(error, mode)
  }
}

/** Whether something is why nothing can be written there at all. */
export function isUnwritable(error: unknown): boolean {
  return isCode(error, 'storage/refused') || isCode(error, 'storage/full') || isCode(error, 'storage/readonly')
}

/** A lock that cannot be removed is no failure of the work. */
async function release(lock: HeldLock, { onLockLeft }: Opening): Promise<void> {
  try {
    await lock.release()
  } catch (error) {
    onLockLeft(reasonOf(error))
  }
}
