import { type Abortable, isCode, sleep } from '../../base/index.ts'
import { snapshotsOfPoints, type RunRow } from '../../database/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import type { Storage } from '../../storage/index.ts'
import { openPlace, openVaultStorage, useRepository } from '../../vault/index.ts'
import type { ProcessIdentity } from '../executor/executor.ts'
import { isOfOtherBoot, isThere } from '../executor/process-identity.ts'
import { pointOfSnapshot } from '../kinds/point-of-snapshot.ts'
import { RUN_TAG } from '../kinds/tags.ts'
import type { VaultAccess } from '../process/order.ts'
import { CAUSES } from '../state/cause.ts'
import { runKind } from '../state/run-kind.ts'
import type { AttemptTools, BrokenEnd } from './attempt.ts'
import { cancelledAs, causeOf, isUnwanted, markRemoved, noteFailed, noteMade, noteUpkeep } from './note-end.ts'
import type { RunRules } from './run-rules.ts'

/** How long a process is waited for that was told to end at once. Milliseconds. */
const ENDS_WITHIN = 10_000

/** Whether only the vault can tell what an attempt did that was not brought to its end. */
export function isUnclear({ kind, committing, attempt, process }: RunRow): boolean {
  // Before the fence nothing was made.
  if (runKind(kind).makesSnapshot) return committing === attempt
  return kind === 'forget' && process !== null
}

/**
 * Finds out what became of a run whose attempt broke off, and decides what comes next: nothing that was made is forgotten,
 * and nothing is made twice. First its process must be gone: it may be about to write.
 *
 * @param end How the attempt ended; undefined where that was before the appliance was started.
 * @returns false where that cannot be told yet: the vault cannot be reached, or the process does not end.
 */
export async function settleInterrupted(
  run: RunRow,
  end: BrokenEnd | undefined,
  tools: AttemptTools,
  rules: RunRules,
  options: Abortable,
): Promise<boolean> {
  const process = JSON.parse(run.process ?? 'null') as ProcessIdentity | null
  if (process !== null && !(await isGone(process, options))) return false
  if (isUnclear(run)) {
    const seen = await lookIntoVault(run, tools, options)
    if (seen === 'unknown') return false
    if (seen.made) {
      await adopt(run, seen.made, tools)
      return true
    }
    await tools.catalog.transaction((rows) => markRemoved(rows, run.vault_id, seen.gone, tools.clock.now()))
  }
  await decideNext(run, end, process, tools, rules)
  return true
}

async function decideNext(
  run: RunRow,
  end: BrokenEnd | undefined,
  process: ProcessIdentity | null,
  tools: AttemptTools,
  rules: RunRules,
): Promise<void> {
  const { book, clock } = tools
  if (end?.type === 'failed') {
    await noteFailed(run, end.error, tools, rules)
    return
  }
  const isWorthAnother = (await rules.nextAttempt(run, clock.now())) !== undefined
  // A person may want it stopped while it is being looked at.
  await book.noteOf(run, (now) => {
    if (isUnwanted(now)) return { event: 'stopped', cause: cancelledAs(now), change: { process: null } }
    // GEN-18: the backup that a restart of the computer broke off begins anew by the schedule.
    if (now.kind === 'backup' && process !== null && isOfOtherBoot(process))
      return { event: 'attempt-failed', cause: CAUSES.rebooted, change: { process: null } }
    // Nothing went wrong with it, so nothing is gained by waiting. What the appliance broke off itself was no attempt.
    const isOurs = now.cause_code === CAUSES.stopping.code
    if (isOurs || isWorthAnother) {
      const change = { not_before: clock.now(), process: null, attempt: isOurs ? now.attempt - 1 : now.attempt }
      return { event: 'retry', cause: { ...causeOf(now), code: 'retry' }, change }
    }
    return { event: 'attempt-failed', cause: causeOf(now), change: { process: null } }
  })
}

async function isGone(identity: ProcessIdentity, options: Abortable): Promise<boolean> {
  for (let waited = 0; isThere(identity); waited += 50) {
    if (waited >= ENDS_WITHIN) return false
    try {
      process.kill(identity.pid, 'SIGKILL')
    } catch {
      // It has ended in between.
    }
    await sleep(50, options)
  }
  return true
}

/** What a run left in its vault. */
interface Traces {
  /** The snapshot that it made. */
  readonly made: StoredSnapshot | undefined
  /** Snapshots that the catalog knows and the vault does not have any more. */
  readonly gone: readonly string[]
}

const NO_TRACES: Traces = { made: undefined, gone: [] }

/** `unknown`: the vault does not tell now. Where it is nobody's any more, nothing is there to be told. */
async function lookIntoVault(run: RunRow, tools: AttemptTools, options: Abortable): Promise<Traces | 'unknown'> {
  const { ports, catalog } = tools
  try {
    const vault = await ports.vaultAccess(run.vault_id)
    if (runKind(run.kind).makesSnapshot) return { ...NO_TRACES, made: await snapshotOfRun(vault, run.id, options) }
    const known = await snapshotsOfPoints(catalog.rows, run.vault_id)
    const there = new Set<string>()
    using opened = await openVaultStorage(vault)
    for await (const { name } of opened.storage.list('snapshot', options)) there.add(name)
    return { ...NO_TRACES, gone: known.map((point) => point.snapshot_id).filter((id) => !there.has(id)) }
  } catch (error) {
    if (isCode(error, 'object/not-found')) return NO_TRACES
    options.signal?.throwIfAborted()
    // A catalog that fails is no answer, either.
    return 'unknown'
  }
}

/** CC-12: where its cache failed, what it made is in the cloud alone. */
async function snapshotOfRun(
  vault: VaultAccess,
  runId: string,
  options: Abortable,
): Promise<StoredSnapshot | undefined> {
  using opened = await openVaultStorage(vault)
  const made = await snapshotIn(opened.storage, vault, runId, options)
  if (made !== undefined || vault.cache === undefined) return made
  using cloud = openPlace(vault.place)
  return await snapshotIn(cloud.storage, vault, runId, options)
}

async function snapshotIn(
  storage: Storage,
  { password }: VaultAccess,
  runId: string,
  options: Abortable,
): Promise<StoredSnapshot | undefined> {
  const signal = options.signal ?? new AbortController().signal
  const found = await useRepository(
    { storage, password: Buffer.from(password), signal, onLockLeft: () => undefined },
    'read',
    ({ repository }) =>
      loadSnapshots(repository, {
        signal,
        keeps: ({ tags }) => tags.includes(`${RUN_TAG}${runId}`),
        onUnreadable: () => undefined,
      }),
  )
  return found.toSorted((a, b) => Number(a.time.ns - b.time.ns))[0]
}

/** It was made: what is missing is that the catalog knows. */
async function adopt(run: RunRow, snapshot: StoredSnapshot, tools: AttemptTools): Promise<void> {
  const { book, clock, emit } = tools
  const made = pointOfSnapshot(snapshot)
  const points: string[] = []
  const noted = await book.noteOf(run, () => ({
    event: made.filesMissed > 0 ? 'found-with-warnings' : 'found',
    cause: CAUSES.found,
    change: { process: null },
    async also(rows) {
      points.length = 0
      await noteUpkeep(rows, run, { ending: 'done', figures: {} }, clock.now())
      if (run.kind !== 'backup') return undefined
      const figures = {
        filesMissed: made.filesMissed,
        ...(made.bytes !== undefined && { bytesProcessed: made.bytes }),
        ...(made.bytesAdded !== undefined && { bytesAdded: made.bytesAdded }),
      }
      const { id, change } = await noteMade(rows, run, made, figures, tools)
      points.push(id)
      return change
    },
  }))
  if (noted) for (const id of points) emit({ type: 'point', id })
}
