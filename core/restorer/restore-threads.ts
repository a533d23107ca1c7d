import { Worker } from 'node:worker_threads'

import { startWaitingThreads, type WaitingBell, type WaitingThreads } from '../repository/index.ts'
import type { RestoreWorkerData } from './messages.ts'

/** Threads that wait for a restore. */
export type RestoreThreads = WaitingThreads<RestoreWorkerData>

/** Most garbage dies at once, so a small nursery collects it as well and keeps less memory resident. MB. */
const YOUNG_GENERATION = { maxYoungGenerationSizeMb: 8 }

export function startRestoreThreads(count: number): RestoreThreads {
  return startWaitingThreads(
    count,
    (_, bell) =>
      new Worker(new URL('./worker/restore-worker.ts', import.meta.url), {
        workerData: bell satisfies WaitingBell,
        // Files are opened by system calls of our own, which Node would count as mistakes. The worker closes them itself.
        trackUnmanagedFds: false,
        resourceLimits: YOUNG_GENERATION,
      }),
  )
}
