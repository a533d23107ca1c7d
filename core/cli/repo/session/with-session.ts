import type { SessionNeeds } from '../../../vault/index.ts'
import { listenForInterruption } from '../../interruption.ts'
import { createOutput } from '../../output.ts'
import { readPassword } from '../password/password.ts'
import { openStorage } from './open-storage.ts'
import type { RepoOptions } from './repo-options.ts'
import type { Session } from './session.ts'
import { useCommandRepository } from './use-repository.ts'

/**
 * Opens the repository that the options name, locks it as asked, runs `work`, and leaves no lock behind.
 *
 * - `shared`: others may read and add meanwhile. With --no-lock, where a command has it, nothing can be written.
 * - `exclusive`: nobody else uses the repository, which is certain before `work` begins.
 * - `none`: for what deals with locks itself.
 */
export async function withSession<T>(
  options: RepoOptions,
  mode: 'none' | 'shared' | 'exclusive',
  work: (session: Session) => Promise<T>,
  needs: SessionNeeds = {},
): Promise<T> {
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  const storage = openStorage(options)
  const password = await readPassword(options, process.env, { signal })
  return await useCommandRepository({ storage, password, options, output, signal }, mode, work, needs)
}
