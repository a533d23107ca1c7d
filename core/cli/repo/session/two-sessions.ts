import { listenForInterruption } from '../../interruption.ts'
import { createOutput } from '../../output.ts'
import { readPassword } from '../password/password.ts'
import { SOURCE } from '../password/repository-role.ts'
import { type FromOptions, sourceOf } from './from-options.ts'
import { openStorage } from './open-storage.ts'
import type { RepoOptions } from './repo-options.ts'
import type { Session } from './session.ts'
import { useCommandRepository } from './use-repository.ts'

/** Two sessions of one command: what is written goes to the repository of `--repo`. */
export interface TwoSessions {
  readonly source: Session
  /** Its signal is aborted, too, when the lock of the source is lost. */
  readonly destination: Session
}

/**
 * As `withSession` for two repositories, both locked as shared. With --no-lock the source is not locked; the destination
 * always is.
 */
export async function withTwoSessions<T>(
  options: RepoOptions & FromOptions,
  work: (sessions: TwoSessions) => Promise<T>,
): Promise<T> {
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  const from = sourceOf(options)
  const storages = { source: openStorage(from, SOURCE), destination: openStorage(options) }
  const passwords = {
    source: await readPassword(from, process.env, { signal }, SOURCE),
    destination: await readPassword(options, process.env, { signal }),
  }
  const { lock: _, ...locking } = options
  return await useCommandRepository(
    { storage: storages.source, password: passwords.source, options, output, signal },
    'shared',
    (source) =>
      useCommandRepository(
        {
          storage: storages.destination,
          password: passwords.destination,
          options: locking,
          output,
          signal: source.signal,
        },
        'shared',
        (destination) => work({ source, destination }),
        { listPacks: true },
      ),
  )
}
