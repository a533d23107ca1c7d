import { readFileSync } from 'node:fs'

import { CoreError } from '../../base/index.ts'
import { guardStorage, type HeldLock, lockRepository, openRepository, type Repository } from '../../repository/index.ts'
import { openDirectoryStorage, type Storage, withReadonly, withRetry } from '../../storage/index.ts'
import { createOutput, type Output } from '../output.ts'
import { readPassword } from './password.ts'

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
}

export type LockMode = 'none' | 'shared' | 'exclusive'

/** Opens the repository that the options name, locks it as asked, runs `work`, and leaves no lock behind. */
export async function withSession<T>(
  options: RepoOptions,
  mode: LockMode,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  const interrupted = new AbortController()
  const stop = (): void => interrupted.abort(new Interrupted('stopped by a signal'))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  let lock: HeldLock | undefined
  try {
    const storage = openStorage(options)
    const password = await readPassword(options, process.env)
    const opened = await openRepository(storage, password, { signal: interrupted.signal })
    if (mode === 'none' || options.lock === false) {
      if (mode === 'exclusive')
        throw new CoreError('input/invalid', '--no-lock is only for commands that change nothing.')
      const readonly = mode === 'none' ? opened : opened.over(withReadonly(storage))
      return await work({ output, repository: readonly, signal: interrupted.signal, lock })
    }
    lock = await lockRepository(opened, {
      exclusive: mode === 'exclusive',
      retryFor: options.retryLock,
      signal: interrupted.signal,
    })
    const signal = AbortSignal.any([interrupted.signal, lock.signal])
    return await work({ output, repository: opened.over(guardStorage(storage, lock)), signal, lock })
  } finally {
    await lock?.release()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** Thrown out of a command that the terminal or the system asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
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
  return withRetry(openDirectoryStorage(scheme === 'local' ? location.slice('local:'.length) : location))
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
