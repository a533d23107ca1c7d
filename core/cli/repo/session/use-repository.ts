import { type CoreError, isCode, withSafety } from '../../../base/index.ts'
import type { Storage } from '../../../storage/index.ts'
import { isUnwritable, type LockMode, type SessionNeeds, useRepository } from '../../../vault/index.ts'
import type { Output } from '../../output.ts'
import { Interrupted } from '../../stopped.ts'
import type { RepoOptions } from './repo-options.ts'
import type { Session } from './session.ts'

/** A repository that is to be opened. */
export interface CommandOpening {
  readonly storage: Storage
  readonly password: Buffer
  /** How to lock it. */
  readonly options: Pick<RepoOptions, 'lock' | 'retryLock'>
  readonly output: Output
  readonly signal: AbortSignal
}

/** Opens and locks a repository, runs `work`, and leaves no lock behind, as `withSession` says. */
export function useCommandRepository<T>(
  { storage, password, options: { lock, retryLock }, output, signal }: CommandOpening,
  mode: 'none' | 'shared' | 'exclusive',
  work: (session: Session) => Promise<T>,
  needs: SessionNeeds = {},
): Promise<T> {
  return useRepository(
    {
      storage,
      password,
      retryFor: retryLock,
      signal,
      onLockLeft: (reason) =>
        output.warn(
          `This process could not remove its lock: ${reason}. \`holdfast repo unlock\` does, after it has ended.`,
        ),
      explainUnlocked: (error, wanted) => adviseUnlocked(error, wanted, lock !== undefined),
      tellsStop: (error) => error instanceof Interrupted,
    },
    // What changes the repository for good never goes without its lock.
    lock === false && mode === 'shared' ? 'read' : mode,
    (session) => work({ ...session, output }),
    needs,
  )
}

function adviseUnlocked(error: unknown, mode: LockMode, hasOption: boolean): unknown {
  if (!isUnwritable(error)) return error
  if (mode === 'exclusive') return isCode(error, 'storage/full') ? noRoomForLock(error) : error
  // Only commands that read have the option.
  if (!hasOption) return error
  const safety = 'Stored data is safe; nothing was changed.'
  return withSafety(error as CoreError, safety, 'To read it without locking it, give --no-lock.')
}

/** Also for what is to make room: without a lock nothing is removed. */
function noRoomForLock(error: CoreError): CoreError {
  const remedy = `${error.remedy ?? ''} Some kilobytes are enough for the lock, by removing something else there; of what then makes room in the repository, \`holdfast repo prune --max-repack-size 0\` needs the least.`
  return withSafety(error, 'Stored data is safe; nothing was changed.', remedy.trim())
}
