import type { RepositorySession } from '../../../vault/index.ts'
import type { Output } from '../../output.ts'

/** What a command works with. The signal is aborted by Ctrl-C and SIGTERM, too. */
export interface Session extends RepositorySession {
  readonly output: Output
}
