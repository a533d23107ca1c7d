import { Worker } from 'node:worker_threads'

import { type Abortable, type Clock, type JobCrew, newStopped, startJobCrew, systemClock } from '../../base/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import { createPackLoader } from '../reading/pack-loader.ts'
import { createProgressMeter, type ProgressMeter } from '../reading/progress.ts'
import { LACKING, MARKED } from '../reading/tree-marker.ts'
import { walkTrees } from '../reading/walk-trees.ts'
import { type CopyBatch, createBatches } from './batches.ts'
import { settleMarks, STATE, takeBackMarks } from './copy-marks.ts'
import type { CopyPhase, CopyProgress } from './copy-phase.ts'
import type { Copying } from './copying.ts'
import { markerOfNeed, type Wanted } from './mark-blob.ts'
import type { NeedJobs, NeedWorkerData } from './messages.ts'

/** A snapshot that is not copied, as something that it needs cannot be had. */
export interface BrokenSnapshot {
  readonly snapshot: StoredSnapshot
  /** Sentences about what is missing; the first of them. */
  readonly gaps: readonly string[]
}

export interface CopyPlan extends Readonly<Wanted> {
  /** In the order in which they are copied. */
  readonly batches: readonly CopyBatch[]
  readonly broken: readonly BrokenSnapshot[]
}

export interface PlanCopyOptions extends Abortable {
  readonly workers: number
  /** What snapshots have together that are stored together. Bytes. Default: 512 MiB. */
  readonly batchBytes?: number | undefined
  /** Called some times a second. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  readonly clock?: Clock | undefined
}

/**
 * Walks all trees of snapshots, snapshot by snapshot in the order given, each tree once, and marks which blobs the
 * destination lacks. Nothing is changed. A snapshot that needs what cannot be had is not among those to be copied, nor is
 * what only it needs.
 */
export async function planCopy(
  copying: Copying,
  snapshots: readonly StoredSnapshot[],
  options: PlanCopyOptions,
): Promise<CopyPlan> {
  const { source, inventory, present, marks } = copying
  const stopped = newStopped()
  const workerData: NeedWorkerData = {
    masterKey: source.masterKey,
    source: inventory.index.shared,
    destination: present.shared,
    marks: marks.buffer,
    stopped,
  }
  const threads = Array.from(
    { length: options.workers },
    () => new Worker(new URL('./need-worker.ts', import.meta.url), { workerData }),
  )
  const crew = startJobCrew<NeedJobs>(threads, stopped, { crewOf: 'the copy', safety: 'The source was not changed.' })
  const meter = createProgressMeter<CopyPhase>('trees', options.clock ?? systemClock, options.onProgress)
  try {
    meter.begin('trees', inventory.trees)
    return await planSnapshots(copying, snapshots, crew, meter, options)
  } finally {
    meter.stop()
    await crew.end()
  }
}

async function planSnapshots(
  { source, inventory, present, marks, bytes }: Copying,
  snapshots: readonly StoredSnapshot[],
  crew: JobCrew<NeedJobs>,
  meter: ProgressMeter<CopyPhase>,
  { workers, batchBytes, signal }: PlanCopyOptions,
): Promise<CopyPlan> {
  const { index, ledger } = inventory
  const loader = createPackLoader(source.storage, { signal })
  const batches = createBatches(bytes, batchBytes)
  const broken: BrokenSnapshot[] = []
  const total: Wanted = { blobs: 0, bytes: 0 }

  for (const snapshot of snapshots) {
    signal?.throwIfAborted()
    const gaps: string[] = []
    const wanted: Wanted = { blobs: 0, bytes: 0 }
    const root = markerOfNeed(index, present, marks, wanted)('tree', Buffer.from(snapshot.tree, 'hex'))
    if (root === LACKING) gaps.push(`the tree ${snapshot.tree.slice(0, 10)} at its root is not there`)
    await walkTrees(
      root >= 0 ? [root] : [],
      {
        index,
        ledger,
        loader,
        workers,
        claim: () => true,
        read: (job) => crew.run('trees', job),
        onRead({ trees, gaps: found, wanted: { blobs, bytes: added } }) {
          meter.add(trees)
          for (const gap of found) gaps.push(gap)
          wanted.blobs += blobs
          wanted.bytes += added
        },
        onLost(entry, reason) {
          const id = index.idOf(entry)
          gaps.push(`tree ${id.toString('hex', 0, 5)} cannot be read: ${reason}`)
          marks[index.find('tree', id)] = STATE.lost
        },
      },
      { signal },
    )
    if (gaps.length > 0) {
      takeBackMarks(marks)
      broken.push({ snapshot, gaps })
      continue
    }
    const batch = batches.add({ snapshot, ...wanted })
    // Otherwise it is of trees that an earlier one has, too.
    if (root !== MARKED) settleMarks(marks, batch)
    total.blobs += wanted.blobs
    total.bytes += wanted.bytes
  }
  return { batches: batches.list, broken, ...total }
}
