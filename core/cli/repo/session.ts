import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'

import { CoreError, isCode, reasonOf } from '../../base/index.ts'
import {
  guardStorage,
  type HeldLock,
  type LaneMixer,
  listPresentPacks,
  lockRepository,
  openRepository,
  type PresentPacks,
  type Repository,
} from '../../repository/index.ts'
import { openDirectoryStorage, type Storage, withReadonly, withRetry } from '../../storage/index.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput, type Output } from '../output.ts'
import { Interrupted } from '../stopped.ts'
import { readPassword } from './password/password.ts'

/** Options that every command on a repository takes. */
export interface RepoOptions {
  readonly repo?: string | undefined
  readonly repositoryFile?: string | undefined
  readonly passwordFile?: string | undefined
  readonly passwordCommand?: string | undefined
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly lock?: boolean | undefined
  readonly retryLock?: number | undefined
}

/** What a command works with. */
export interface Session {
  readonly output: Output
  readonly repository: Repository
  /** Aborted by Ctrl-C, by SIGTERM, and when the lock is lost. */
  readonly signal: AbortSignal
  /** Undefined where the command runs without. */
  readonly lock: HeldLock | undefined
  /** For commands that need it: which packs there are. */
  readonly presentPacks: Promise<PresentPacks> | undefined
}

export interface SessionNeeds {
  /** Lists the packs in the storage. It needs no key, so it is done while that is derived. */
  readonly listPacks?: boolean
  /** Threads that derive the key. */
  readonly laneMixer?: LaneMixer | undefined
}

export type LockMode = 'none' | 'shared' | 'exclusive'

/**
 * Opens the repository that the options name, locks it as asked, runs `work`, and leaves no lock behind.
 *
 * - `shared`: others may read and add meanwhile. With --no-lock, where a command has it, nothing can be written.
 * - `exclusive`: nobody else uses the repository, which is certain before `work` begins.
 * - `none`: for what deals with locks itself.
 */
export async function withSession<T>(
  options: RepoOptions,
  mode: LockMode,
  work: (session: Session) => Promise<T>,
  { listPacks = false, laneMixer }: SessionNeeds = {},
): Promise<T> {
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  const storage = openStorage(options)
  const password = await readPassword(options, process.env, { signal })
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
  { lock, retryLock }: RepoOptions,
  signal: AbortSignal,
): Promise<HeldLock> {
  try {
    // The lock is the first thing that this process saves.
    await repository.storage.prepare({ signal })
    return await lockRepository(repository, { exclusive: mode === 'exclusive', retryFor: retryLock, signal })
  } catch (error) {
    const isUnwritable =
      isCode(error, 'storage/refused') || isCode(error, 'storage/full') || isCode(error, 'storage/readonly')
    // Defined only for commands that have the option: those that read.
    if (!isUnwritable || lock === undefined) throw error
    throw new CoreError(error.code, error.message, {
      cause: error.cause,
      safety: 'Stored data is safe; nothing was changed.',
      remedy: 'To read it without locking it, give --no-lock.',
      context: error.context,
    })
  }
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

/** Opens the storage that `--repo`, `--repository-file` or the environment names. */
export function openStorage({ repo, repositoryFile }: RepoOptions): Storage {
  const location =
    repo ??
    readRepositoryFile(repositoryFile ?? process.env['RESTIC_REPOSITORY_FILE']) ??
    process.env['RESTIC_REPOSITORY']
  if (location === undefined || location === '') {
    throw new CoreError('input/invalid', 'No repository was named.', {
      safety: 'Nothing was changed.',
      remedy: 'Name one with --repo, or in the variable RESTIC_REPOSITORY.',
    })
  }
  const scheme = /^([a-z][a-z0-9]{1,9}):/i.exec(location)?.[1]
  if (scheme !== undefined && scheme !== 'local') {
    throw new CoreError('input/invalid', `Repositories on ${scheme}: are not supported yet.`, {
      safety: 'Nothing was changed.',
      remedy: 'Give the path of a folder.',
    })
  }
  const path = scheme === 'local' ? location.slice('local:'.length) : location
  if (!isAbsolute(path) && process.cwd().includes('\ufffd')) {
    throw new CoreError(
      'input/invalid',
      'The name of the working folder is not UTF-8, and so cannot lead to a repository.',
      {
        safety: 'Nothing was changed.',
        remedy: 'Give the whole path of the repository, or work in another folder.',
      },
    )
  }
  return withRetry(openDirectoryStorage(path))
}

function readRepositoryFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new CoreError('input/invalid', `The repository file ${path} cannot be read.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}
