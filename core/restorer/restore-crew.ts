import { Worker } from 'node:worker_threads'

import { type JobCrew, startJobCrew } from '../base/index.ts'
import type { RestoreJobs, RestoreWorkerData, SetBegin } from './messages.ts'

/** The worker threads of a restore, which are told when a set begins. */
export type RestoreCrew = JobCrew<RestoreJobs, SetBegin>

/** Most garbage dies at once, so a small nursery collects it as well and keeps less memory resident. MB. */
const YOUNG_GENERATION = { maxYoungGenerationSizeMb: 8 }

export function startRestoreCrew(workers: number, data: Omit<RestoreWorkerData, 'stopped' | 'worker'>): RestoreCrew {
  return startJobCrew(
    workers,
    (worker, stopped) =>
      new Worker(new URL('./worker/restore-worker.ts', import.meta.url), {
        workerData: { ...data, worker, stopped } satisfies RestoreWorkerData,
        // Files are opened by system calls of our own, which Node would count as mistakes. The worker closes them itself.
        trackUnmanagedFds: false,
        resourceLimits: YOUNG_GENERATION,
      }),
    {
      crewOf: 'the restore',
      safety:
        'The recovery point is untouched. What was restored before stays; the same command again restores what is missing.',
    },
  )
}
