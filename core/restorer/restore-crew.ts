import { Worker } from 'node:worker_threads'

import { arrivedError, CoreError } from '../base/index.ts'
import type {
  CompareJob,
  FinishJob,
  FromRestoreWorker,
  JobDone,
  PackJob,
  RestoreWorkerData,
  SetMessage,
  ToRestoreWorker,
} from './messages.ts'

/** The worker threads of a restore. */
export interface RestoreCrew {
  beginSet(message: Omit<SetMessage, 'type'>): void
  /** Has a job done. Waits first while every worker has enough to do. Rejects when a worker fails. */
  run(job: Omit<PackJob, 'job'> | Omit<FinishJob, 'job'> | Omit<CompareJob, 'job'>): Promise<JobDone>
  /**
   * Ends the threads, between two blobs of what they do. They are asked to end, never ended from outside: a native
   * add-on that is loading or running at that moment would take the whole process with it.
   */
  end(): Promise<void>
}

/** A worker has one job under way and one waiting, so that it never waits itself. */
const JOBS_A_WORKER = 2

/** Most garbage dies at once, so a small nursery collects it as well and keeps less memory resident. MB. */
const YOUNG_GENERATION = { maxYoungGenerationSizeMb: 8 }

interface Member {
  readonly thread: Worker
  readonly ended: Promise<void>
  jobs: number
}

export function startRestoreCrew(
  workers: number,
  dataFor: (number: number) => Omit<RestoreWorkerData, 'stopped'>,
): RestoreCrew {
  const waitingJobs = new Map<number, { resolve: (done: JobDone) => void; reject: (error: unknown) => void }>()
  const waitingForRoom: (() => void)[] = []
  let failure: { readonly error: unknown } | undefined
  let lastJob = 0
  const stopped = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)

  const members: Member[] = Array.from({ length: workers }, (_, number) => {
    const thread = new Worker(new URL('./worker/restore-worker.ts', import.meta.url), {
      workerData: { ...dataFor(number), stopped } satisfies RestoreWorkerData,
      // Files are opened by system calls of our own, which Node would count as mistakes. The worker closes them itself.
      trackUnmanagedFds: false,
      resourceLimits: YOUNG_GENERATION,
    })
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    const member: Member = { thread, ended, jobs: 0 }
    thread.on('message', (message: FromRestoreWorker) => receive(member, message))
    thread.on('error', fail)
    thread.on('exit', (code) => {
      if (code !== 0) fail(workerEnded(number, code))
    })
    return member
  })

  function fail(error: unknown): void {
    failure ??= { error }
    for (const { reject } of waitingJobs.values()) reject(failure.error)
    waitingJobs.clear()
    for (const wake of waitingForRoom.splice(0)) wake()
  }

  function receive(member: Member, message: FromRestoreWorker): void {
    if (message.type === 'failed') {
      fail(arrivedError(message.error))
      return
    }
    member.jobs--
    waitingJobs.get(message.job)?.resolve(message)
    waitingJobs.delete(message.job)
    waitingForRoom.shift()?.()
  }

  async function freeMember(): Promise<Member> {
    for (;;) {
      if (failure) throw failure.error
      const [least] = members.toSorted((a, b) => a.jobs - b.jobs)
      if (least && least.jobs < JOBS_A_WORKER) return least
      await new Promise<void>((resolve) => waitingForRoom.push(resolve))
    }
  }

  return {
    beginSet(message) {
      for (const { thread } of members) thread.postMessage({ type: 'set', ...message } satisfies ToRestoreWorker)
    },
    async run(body) {
      const member = await freeMember()
      const job = ++lastJob
      member.jobs++
      return new Promise<JobDone>((resolve, reject) => {
        waitingJobs.set(job, { resolve, reject })
        member.thread.postMessage({ ...body, job })
      })
    },
    async end() {
      Atomics.store(new Int32Array(stopped), 0, 1)
      for (const { thread } of members) thread.postMessage({ type: 'stop' } satisfies ToRestoreWorker)
      await Promise.all(members.map(({ ended }) => ended))
    },
  }
}

function workerEnded(number: number, code: number): CoreError {
  return new CoreError('internal/defect', `Worker ${number} of the restore ended with code ${code}.`, {
    safety:
      'The recovery point is untouched. What was restored before stays; the same command again restores what is missing.',
  })
}
