import { systemClock } from '../../../base/index.ts'
import type { PlanForgetOptions } from '../../../maintenance/index.ts'
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
export async function readClocks(session: Session): Promise<Clocks> {
  const now = thisMoment(systemClock.now())
  const last = openLastRun(stateFolder(thisUser()), session.repository.config.id)
  const storageTime = session.lock ? await timeOfStorage(session) : undefined
  return {
    evidence: { ...evidenceOf(last.before, now), storageTime },
    remember: () => last.remember(now),
  }
}

/**
 * When the storage took the newest lock, which is ours or a younger one: minutes ago at the most. Of a folder on
 * this computer that is the very clock that is in doubt; a share and a cloud have one of their own.
 */
async function timeOfStorage({ repository: { storage }, signal }: Session): Promise<number | undefined> {
  let newest: number | undefined
  for await (const { name } of storage.list('lock', { signal })) {
    const { stored } = await storage.stat({ kind: 'lock', name }, { signal })
    if (stored !== undefined && (newest === undefined || stored > newest)) newest = stored
  }
  return newest
}
