import { type Abortable, isCode, systemClock } from '../../../base/index.ts'
import type { PlanForgetOptions } from '../../../maintenance/index.ts'
import type { FileKind, Handle, Storage } from '../../../storage/index.ts'
import { evidenceOf, openLastRun, thisMoment } from '../../last-run.ts'
import { stateFolder, thisUser } from '../../own-folders.ts'
import type { Session } from '../session/session.ts'

/** What this run is measured by (RET-22), and the next one will be. */
export interface Clocks {
  readonly evidence: PlanForgetOptions['clocks']
  /** To be called when somebody has confirmed this run, or nobody had to. */
  remember(): void
}

/**
 * Reads the clocks. Without a lock of its own nothing tells the run what time it is at the storage.
 *
 * The lock of a folder on this computer has the time of the very clock that is in doubt. That it is behind is told by the
 * index files, too, which were written before it was: each is looked at, so they are asked only where that matters.
 */
export async function readClocks(
  session: Session,
  { kinds = ['lock'] }: { readonly kinds?: readonly FileKind[] } = {},
): Promise<Clocks> {
  const now = thisMoment(systemClock.now())
  const last = openLastRun(stateFolder(thisUser()), session.repository.config.id)
  const storageTime = session.lock ? await newestOf(session, kinds) : undefined
  return {
    evidence: { ...evidenceOf(last.before, now), storageTime },
    remember: () => last.remember(now),
  }
}

/** When the storage took the newest of these files. The newest lock is ours or a younger one: minutes ago at the most. */
async function newestOf(
  { repository: { storage }, signal }: Session,
  kinds: readonly FileKind[],
): Promise<number | undefined> {
  let newest: number | undefined
  for (const kind of kinds) {
    for await (const { name } of storage.list(kind, { signal })) {
      const stored = await storedAt(storage, { kind, name }, { signal })
      if (stored !== undefined && (newest === undefined || stored > newest)) newest = stored
    }
  }
  return newest
}

/** Undefined, too, where it was removed since it was listed: others release their locks. */
async function storedAt(storage: Storage, handle: Handle, options: Abortable): Promise<number | undefined> {
  try {
    return (await storage.stat(handle, options)).stored
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return undefined
    throw error
  }
}
