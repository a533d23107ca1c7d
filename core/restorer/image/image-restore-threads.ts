import { Worker } from 'node:worker_threads'

import { type JobCrew, newStopped, startJobCrew } from '../../base/index.ts'
import { startWaitingThreads, type WaitingBell, type WaitingThreads } from '../../repository/index.ts'
import type { ImageRestoreJobs, ImageRestoreWorkerData } from './image-messages.ts'

/** Threads that wait for the restore of a disk. */
export type ImageRestoreThreads = WaitingThreads<ImageRestoreWorkerData>

export function startImageRestoreThreads(count: number): ImageRestoreThreads {
  return startWaitingThreads(
    count,
    (_, bell) =>
      new Worker(new URL('./image-restore-worker.ts', import.meta.url), {
        workerData: bell satisfies WaitingBell,
        trackUnmanagedFds: false,
      }),
  )
}

export type ImageRestoreCrew = JobCrew<ImageRestoreJobs>

/** Takes the threads over: they end with the crew. */
export function startImageRestoreCrew(
  waiting: ImageRestoreThreads,
  data: Omit<ImageRestoreWorkerData, 'stopped'>,
): ImageRestoreCrew {
  const stopped = newStopped()
  const crew = startJobCrew<ImageRestoreJobs>(waiting.threads, stopped, {
    crewOf: 'the restore',
    safety: 'The recovery point is untouched. The disk was not restored.',
  })
  waiting.begin(() => ({ ...data, stopped }))
  return crew
}
