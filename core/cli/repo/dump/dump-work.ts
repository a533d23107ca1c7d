import type { OpenSnapshot } from '../lookup/open-snapshot.ts'
import type { Session } from '../session/session.ts'

/** What a dump works with. */
export interface DumpWork extends OpenSnapshot {
  readonly session: Session
  /** The file to be written; standard output where undefined. */
  readonly target: string | undefined
}
