import { type JobCrew, newStopped, startJobCrew } from '../base/index.ts'
import type { Problem, RestoreJobs, RestoreWorkerData, SetBegin } from './messages.ts'
import type { RestoreThreads } from './restore-threads.ts'

/** The worker threads of a restore, which are told when a set begins. */
export type RestoreCrew = JobCrew<RestoreJobs, SetBegin, readonly Problem[]>

/** Takes the threads over: they end with the crew. */
export function startRestoreCrew(
  waiting: RestoreThreads,
  data: Omit<RestoreWorkerData, 'stopped' | 'worker'>,
): RestoreCrew {
  const stopped = newStopped()
  const crew = startJobCrew<RestoreJobs, SetBegin, readonly Problem[]>(waiting.threads, stopped, {
    crewOf: 'the restore',
    safety:
      'The recovery point is untouched. What was restored before stays; the same command again restores what is missing.',
  })
  waiting.begin((worker) => ({ ...data, worker, stopped }))
  return crew
}
