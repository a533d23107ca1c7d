import { type CoreError, isCode, reasonOf, withSafety } from '../../../base/index.ts'
import {
  guardStorage,
  type HeldLock,
  listPresentPacks,
  lockRepository,
  openRepository,
  type PresentPacks,
  type Repository,
} from '../../../repository/index.ts'
import { type Storage, withReadonly } from '../../../storage/index.ts'
import type { Output } from '../../output.ts'
import { Interrupted } from '../../stopped.ts'
import type { RepoOptions } from './repo-options.ts'
import type { LockMode, Session, SessionNeeds } from './session.ts'

/** A repository that is to be opened. */
export interface Opening {
  readonly storage: Storage
  readonly password: Buffer
  /** How to lock it. */
  readonly options: Pick<RepoOptions, 'lock' | 'retryLock'>
  readonly output: Output
  readonly signal: AbortSignal
}

/** Opens and locks a repository, runs `work`, and leaves no lock behind, as `withSession` says. */
export async function useRepository<T>(
  { storage, password, options, output, signal }: Opening,
  mode: LockMode,
  work: (session: Session) => Promise<T>,
  { listPacks = false, laneMixer }: SessionNeeds = {},
): Promise<T> {
  using listing = listPacks ? beginListing(storage, signal) : undefined
  const presentPacks = listing?.packs
  const opened = await openRepository(storage, password, { signal, laneMixer })
  if (mode === 'none')
    return await unlessStopped(signal, work({ output, repository: opened, signal, lock: undefined, presentPacks }))
  // What changes the repository for good never goes without its lock.
  if (options.lock === false && mode === 'shared') {
    const repository = opened.over(withReadonly(storage))
    return await unlessStopped(signal, work({ output, repository, signal, lock: undefined, presentPacks }))
  }
  const lock = await takeLock(opened, mode, options, signal)
  const either = AbortSignal.any([signal, lock.signal])
  try {
    if (mode === 'exclusive') await lock.confirm()
    const repository = opened.over(guardStorage(storage, lock))
    return await unlessStopped(either, work({ output, repository, signal: either, lock, presentPacks }))
  } finally {
    await release(lock, output)
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
async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Interrupted)) signal.throwIfAborted()
    throw error
  }
}

async function takeLock(
  repository: Repository,
  mode: LockMode,
  { lock, retryLock }: Opening['options'],
  signal: AbortSignal,
): Promise<HeldLock> {
  try {
    // The lock is the first thing that this process saves.
    await repository.storage.prepare({ signal })
    return await lockRepository(repository, { exclusive: mode === 'exclusive', retryFor: retryLock, signal })
  } catch (error) {
    const isUnwritable =
      isCode(error, 'storage/refused') || isCode(error, 'storage/full') || isCode(error, 'storage/readonly')
    if (isUnwritable && mode === 'exclusive') throw isCode(error, 'storage/full') ? noRoomForLock(error) : error
    // Defined only for commands that have the option: those that read.
    if (!isUnwritable || lock === undefined) throw error
    const safety = 'Stored data is safe; nothing was changed.'
    throw withSafety(error, safety, 'To read it without locking it, give --no-lock.')
  }
}

/** Also for what is to make room: without a lock nothing is removed. */
function noRoomForLock(error: CoreError): CoreError {
  const remedy = `${error.remedy ?? ''} Some kilobytes are enough for the lock, by removing something else there; of what then makes room in the repository, \`holdfast repo prune --max-repack-size 0\` needs the least.`
  return withSafety(error, 'Stored data is safe; nothing was changed.', remedy.trim())
}

/** A lock that cannot be removed is no failure of the work: it is nobody's once this process has ended. */
async function release(lock: HeldLock, output: Output): Promise<void> {
  try {
    await lock.release()
  } catch (error) {
    const reason = reasonOf(error)
    output.warn(`This process could not remove its lock: ${reason}. \`holdfast repo unlock\` does, after it has ended.`)
  }
}
