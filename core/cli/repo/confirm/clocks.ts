import { systemClock } from '../../../base/index.ts'
import { type PlanForgetOptions, storageTime } from '../../../maintenance/index.ts'
import type { FileKind } from '../../../storage/index.ts'
import { evidenceOf, openLastRun, thisMoment } from '../../last-run.ts'
import { stateFolder, thisUser } from '../../own-folders.ts'
import type { Session } from '../session/session.ts'

/** What this run is measured by (RET-22), and the next one will be. */
export interface Clocks {
  readonly evidence: PlanForgetOptions['clocks']
  /** To be called when somebody has confirmed this run, or nobody had to. */
  remember(): void
}

/** Reads the clocks. Without a lock of its own nothing tells the run what time it is at the storage. */
export async function readClocks(
  session: Session,
  { kinds = ['lock'] }: { readonly kinds?: readonly FileKind[] } = {},
): Promise<Clocks> {
  const now = thisMoment(systemClock.now())
  const last = openLastRun(stateFolder(thisUser()), session.repository.config.id)
  const { repository, signal, lock } = session
  return {
    evidence: {
      ...evidenceOf(last.before, now),
      storageTime: lock ? await storageTime(repository.storage, kinds, { signal }) : undefined,
    },
    remember: () => last.remember(now),
  }
}
