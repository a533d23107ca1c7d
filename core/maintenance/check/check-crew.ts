import { Worker } from 'node:worker_threads'

import { type JobCrew, startJobCrew } from '../../base/index.ts'
import type { CheckJobs, CheckWorkerData } from './messages.ts'

/** The worker threads of a check. */
export type CheckCrew = JobCrew<CheckJobs>

export function startCheckCrew(workers: number, data: Omit<CheckWorkerData, 'stopped'>): CheckCrew {
  return startJobCrew(
    workers,
    (_, stopped) =>
      new Worker(new URL('./check-worker.ts', import.meta.url), {
        workerData: { ...data, stopped } satisfies CheckWorkerData,
      }),
    { crewOf: 'the check', safety: 'Nothing was changed.' },
  )
}
