import { Worker } from 'node:worker_threads'

import { type JobCrew, newStopped, startJobCrew } from '../../base/index.ts'
import type { CheckJobs, CheckWorkerData } from './messages.ts'

/** The worker threads of a check. */
export type CheckCrew = JobCrew<CheckJobs>

export function startCheckCrew(workers: number, data: Omit<CheckWorkerData, 'stopped'>): CheckCrew {
  const workerData: CheckWorkerData = { ...data, stopped: newStopped() }
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./check-worker.ts', import.meta.url), { workerData }),
  )
  return startJobCrew(threads, workerData.stopped, { crewOf: 'the check', safety: 'Nothing was changed.' })
}
