import { CoreError, newId, sleep } from '../../base/index.ts'
import { type RunRow, savePoint } from '../../database/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import { loadSnapshots } from '../../snapshot/index.ts'
import { openVaultStorage, useRepository } from '../../vault/index.ts'
import type { ProcessIdentity } from '../executor/executor.ts'
import { isOfOtherBoot, isThere } from '../executor/process-identity.ts'
import { pointOfSnapshot } from '../kinds/point-of-snapshot.ts'
import { RUN_TAG } from '../kinds/tags.ts'
import type { VaultAccess } from '../process/order.ts'
import { CAUSES } from '../state/cause.ts'
import { type AttemptTools, pointRow } from './attempt.ts'
import type { RunRules } from './run-rules.ts'

/** How long a process is waited for that was told to end at once. Milliseconds. */
const ENDS_WITHIN = 10_000

/**
 * Finds out what became of a run that went on when the appliance ended, and decides what comes next: nothing that was made is
 * forgotten, and nothing is made twice. First its process must be gone: it may be about to write.
 *
 * @returns false where that cannot be told yet: the vault cannot be reached, or the process does not end.
 */
export async function settleInterrupted(run: RunRow, tools: AttemptTools, rules: RunRules): Promise<boolean> {
  const { book, clock } = tools
  const process = JSON.parse(run.process ?? 'null') as ProcessIdentity | null
  if (process !== null && !(await isGone(process))) return false
  const found = run.kind === 'backup' ? await findMade(run, tools) : []
  if (found === undefined) return false
  const [made] = found
  if (made) {
    await adopt(run, made, tools)
    return true
  }
  // GEN-18: what a restart of the computer broke off begins anew by the schedule.
  const isRebooted = process !== null && isOfOtherBoot(process)
  const next = isRebooted ? undefined : await rules.nextAttempt(run, clock.now())
  if (next === undefined) {
    await book.note(run, 'leave', isRebooted ? CAUSES.rebooted : CAUSES.interrupted, { process: null })
    return true
  }
  // Nothing went wrong with it, so nothing is gained by waiting.
  await book.note(run, 'retry', { ...CAUSES.interrupted, code: 'retry' }, { not_before: clock.now(), process: null })
  return true
}

async function isGone(identity: ProcessIdentity): Promise<boolean> {
  for (let waited = 0; isThere(identity); waited += 50) {
    if (waited >= ENDS_WITHIN) return false
    try {
      process.kill(identity.pid, 'SIGKILL')
    } catch {
      // It has ended in between.
    }
    await sleep(50)
  }
  return true
}

/** Snapshots that the run has made, the oldest first. Undefined where the vault does not tell. */
async function findMade(run: RunRow, { ports }: AttemptTools): Promise<StoredSnapshot[] | undefined> {
  try {
    const vault = await ports.vaultAccess(run.vault_id)
    return await snapshotsOfRun(vault, run.id)
  } catch (error) {
    if (error instanceof CoreError) return undefined
    throw error
  }
}

async function snapshotsOfRun({ location, password }: VaultAccess, runId: string): Promise<StoredSnapshot[]> {
  const { signal } = new AbortController()
  const found = await useRepository(
    { storage: openVaultStorage(location), password: Buffer.from(password), signal, onLockLeft: () => undefined },
    'read',
    ({ repository }) =>
      loadSnapshots(repository, {
        signal,
        keeps: ({ tags }) => tags.includes(`${RUN_TAG}${runId}`),
        onUnreadable: () => undefined,
      }),
  )
  return found.toSorted((a, b) => Number(a.time.ns - b.time.ns))
}

/** The recovery point is there: what is missing is that the catalog knows. */
async function adopt(
  run: RunRow,
  snapshot: StoredSnapshot,
  { book, clock, chance, emit }: AttemptTools,
): Promise<void> {
  const made = pointOfSnapshot(snapshot)
  const id = newId(clock, chance)
  const points: string[] = []
  const event = made.filesMissed > 0 ? 'found-with-warnings' : 'found'
  const result = JSON.stringify({ pointId: id, filesMissed: made.filesMissed, bytesAdded: made.bytesAdded })
  await book.note(run, event, CAUSES.found, { result, process: null }, async (rows) => {
    points.push((await savePoint(rows, pointRow(id, run, made))).id)
  })
  for (const point of points) emit({ type: 'point', id: point })
}
