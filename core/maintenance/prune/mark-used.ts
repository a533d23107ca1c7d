import { Worker } from 'node:worker_threads'

import { type Abortable, newStopped, startJobCrew } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import { createPackLoader } from '../reading/pack-loader.ts'
import { walkTrees } from '../reading/walk-trees.ts'
import { MARK } from './marks.ts'
import type { MarkJobs, MarkWorkerData } from './messages.ts'

export interface MarkUsedOptions extends Abortable {
  readonly workers: number
  /** Told how many trees were read. */
  readonly onTrees?: ((trees: number) => void) | undefined
}

/** What snapshots need: one byte an entry of the index. */
export interface Marked {
  readonly marks: Uint8Array<SharedArrayBuffer>
  /** Sentences about what is needed and cannot be had. Any of them forbids to remove anything. */
  readonly gaps: readonly string[]
}

/** Reads all trees of all snapshots, each once, and marks what they need. */
export async function markUsed(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  { index, ledger }: Inventory,
  { workers, onTrees, signal }: MarkUsedOptions,
): Promise<Marked> {
  const shared = new SharedArrayBuffer(Math.max(1, index.count))
  const marks = new Uint8Array(shared)
  const gaps: string[] = []
  const roots: number[] = []
  for (const { id, tree } of snapshots) {
    const root = index.find('tree', Buffer.from(tree, 'hex'))
    if (root >= 0) roots.push(root)
    else gaps.push(`The tree ${tree.slice(0, 10)} at the root of snapshot ${id.slice(0, 10)} is in no index`)
  }
  const stopped = newStopped()
  const workerData: MarkWorkerData = { masterKey: repository.masterKey, index: index.shared, marks: shared, stopped }
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./mark-worker.ts', import.meta.url), { workerData }),
  )
  const crew = startJobCrew<MarkJobs>(threads, stopped, { crewOf: 'the prune', safety: 'Nothing was changed.' })
  try {
    await walkTrees(
      roots,
      {
        index,
        ledger,
        loader: createPackLoader(repository.storage, { signal }),
        workers,
        claim: (entry) => (Atomics.or(marks, entry, MARK.used) & MARK.used) === 0,
        read: (job) => crew.run('trees', job),
        onRead({ trees, gaps: found }) {
          onTrees?.(trees)
          for (const gap of found) gaps.push(gap)
        },
        onUnreadable: (entry) => void Atomics.or(marks, entry, MARK.unreadable),
        onLost(entry, reason) {
          gaps.push(`Tree ${index.idOf(entry).toString('hex', 0, 5)} cannot be read: ${reason}`)
        },
      },
      { signal },
    )
  } finally {
    await crew.end()
  }
  return { marks, gaps }
}
