import { type Abortable, isCode, systemClock } from '../../base/index.ts'
import type { CompressionLevel } from '../../repository/index.ts'
import { copiedDocument, type StoredSnapshot } from '../../snapshot/index.ts'
import { assertReachable } from '../../storage/index.ts'
import { createProgressMeter, type ProgressMeter } from '../reading/progress.ts'
import type { CopyBatch } from './batches.ts'
import { copyBlobs } from './copy-blobs.ts'
import { clearMarks } from './copy-marks.ts'
import type { CopyPhase } from './copy-phase.ts'
import type { Copying } from './copying.ts'
import { type BrokenSnapshot, type CopyPlan, planCopy, type PlanCopyOptions } from './plan-copy.ts'

export interface ExecuteCopyOptions extends PlanCopyOptions {
  /** For what the source has uncompressed. */
  readonly level?: CompressionLevel | undefined
  /** Told of each snapshot once it is stored; `id` is that in the destination. */
  readonly onCopied: (snapshot: StoredSnapshot, id: string) => void
  /** A snapshot that was planned turns out to need what cannot be read. */
  readonly onBroken: (broken: BrokenSnapshot) => void
  /** A snapshot that was planned is not in the source any more: somebody removed it meanwhile. */
  readonly onGone: (snapshot: StoredSnapshot) => void
  /** Some blobs of a pack of the source cannot be read. Other copies of them are looked for. */
  readonly onDamage: (pack: string, blobs: number, reason: string) => void
}

/** What was done. */
export interface CopyDone {
  readonly snapshots: number
  /** That turned out to need what cannot be read. */
  readonly broken: number
  /** That somebody removed meanwhile. */
  readonly gone: number
  readonly blobs: number
  /** Bytes of new packs. */
  readonly bytes: number
}

/**
 * Carries out a plan, batch by batch: what a snapshot needs is stored and listed before the snapshot is. Where something
 * of the source turns out to be damaged, what is left is planned anew, without the snapshots that need it. Ended at any
 * moment, it leaves nothing worse than packs that no index names, and the snapshots of all batches before; the same again
 * goes on from there.
 * @throws CoreError what the storage of the destination fails with (`storage/full` above all), `repository/lock-lost`, and
 * what that of the source fails with where it is gone as a whole. Snapshots that `onCopied` told of are whole then.
 */
export async function executeCopy(copying: Copying, plan: CopyPlan, options: ExecuteCopyOptions): Promise<CopyDone> {
  const done = { snapshots: 0, broken: 0, gone: 0, blobs: 0, bytes: 0 }
  let current = plan
  for (;;) {
    const left = await executeBatches(copying, current, done, options)
    if (left.length === 0) return done
    // What was copied already is found to be there.
    clearMarks(copying.marks)
    current = await planCopy(copying, left, options)
    done.broken += current.broken.length
    for (const broken of current.broken) options.onBroken(broken)
  }
}

type Done = { -readonly [K in keyof CopyDone]: CopyDone[K] }

/** Returns the snapshots that were not reached, as something that is needed turned out to be damaged. */
async function executeBatches(
  copying: Copying,
  { batches, blobs, bytes }: CopyPlan,
  done: Done,
  options: ExecuteCopyOptions,
): Promise<StoredSnapshot[]> {
  const meter = createProgressMeter<CopyPhase>('blobs', options.clock ?? systemClock, options.onProgress)
  try {
    meter.begin('blobs', blobs, bytes)
    for (const [at, batch] of batches.entries()) {
      const isWhole = await executeBatch(copying, batch, meter, done, options)
      if (!isWhole) return batches.slice(at).flatMap(({ snapshots }) => snapshots.map(({ snapshot }) => snapshot))
    }
    return []
  } finally {
    meter.stop()
  }
}

async function executeBatch(
  copying: Copying,
  batch: CopyBatch,
  meter: ProgressMeter<CopyPhase>,
  done: Done,
  { workers, level, onCopied, onGone, onDamage, signal }: ExecuteCopyOptions,
): Promise<boolean> {
  if (batch.blobs > 0) {
    const { blobs, bytes, lost } = await copyBlobs(copying, batch.number, {
      workers,
      level,
      signal,
      onBlobs: (some, read) => meter.add(some, read),
      onDamage,
    })
    done.blobs += blobs
    done.bytes += bytes
    if (lost > 0) return false
  }
  for (const { snapshot } of batch.snapshots) {
    signal?.throwIfAborted()
    const id = await copySnapshot(copying, snapshot.id, { signal })
    if (id === undefined) {
      done.gone++
      onGone(snapshot)
      continue
    }
    done.snapshots++
    onCopied(snapshot, id)
  }
  return true
}

async function copySnapshot(
  { source, destination }: Copying,
  id: string,
  options: Abortable,
): Promise<string | undefined> {
  try {
    const plain = await source.loadDocument('snapshot', id, options)
    return await destination.saveDocument('snapshot', copiedDocument(plain, id, `Snapshot ${id}`), options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    await assertReachable(source.storage, error, options)
    return undefined
  }
}
