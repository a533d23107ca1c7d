import type { HeldLock, LaneMixer, PresentPacks, Repository } from '../../../repository/index.ts'
import type { Output } from '../../output.ts'

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
