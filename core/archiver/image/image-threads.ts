import { Worker } from 'node:worker_threads'

import { startWaitingThreads, type WaitingBell, type WaitingThreads } from '../../repository/index.ts'
import type { ImageWorkerData } from './image-messages.ts'

/** Threads that wait for the backup of a disk. */
export type ImageThreads = WaitingThreads<ImageWorkerData>

export function startImageThreads(count: number): ImageThreads {
  return startWaitingThreads(
    count,
    (_, bell) =>
      new Worker(new URL('./image-worker.ts', import.meta.url), {
        workerData: bell satisfies WaitingBell,
        // The disk is opened here and read by numbers of the thread's own, which it closes itself.
        trackUnmanagedFds: false,
      }),
  )
}
