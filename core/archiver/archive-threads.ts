import { Worker } from 'node:worker_threads'

import { startWaitingThreads, type WaitingBell, type WaitingThreads } from '../repository/index.ts'
import type { ArchiveWorkerData } from './messages.ts'

/** Threads that wait for a run. Those of a run end with it. */
export type ArchiveThreads = WaitingThreads<ArchiveWorkerData>

export function startArchiveThreads(count: number): ArchiveThreads {
  return startWaitingThreads(
    count,
    (_, bell) =>
      new Worker(new URL('./worker/archive-worker.ts', import.meta.url), { workerData: bell satisfies WaitingBell }),
  )
}
