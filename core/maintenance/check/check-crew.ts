import { Worker } from 'node:worker_threads'

import { arrivedError, CoreError } from '../../base/index.ts'
import type {
  CheckDone,
  CheckWorkerData,
  FromCheckWorker,
  PackDone,
  PackJob,
  ToCheckWorker,
  TreesDone,
  TreesJob,
} from './messages.ts'

/** The worker threads of a check. */
export interface CheckCrew {
  /** Has a job done. Waits first while every worker has enough to do. Rejects when a worker fails. */
  run(job: TreesJob): Promise<TreesDone>
  run(job: PackJob): Promise<PackDone>
  /**
   * Ends the threads, between two blobs of what they do. They are asked to end, never ended from outside: a native
   * add-on that is loading or running at that moment would take the whole process with it.
   */
  end(): Promise<void>
}

/** A worker has one job under way and one waiting, so that it never waits itself. */
const JOBS_A_WORKER = 2

interface Member {
  readonly thread: Worker
  readonly ended: Promise<void>
  jobs: number
}

interface Waiting {
  readonly resolve: (done: CheckDone) => void
  readonly reject: (error: unknown) => void
}

export function startCheckCrew(workers: number, data: Omit<CheckWorkerData, 'stopped'>): CheckCrew {
  const waiting = new Map<number, Waiting>()
  const waitingForRoom: (() => void)[] = []
  let failure: { readonly error: unknown } | undefined
  let lastJob = 0
  const stopped = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: CheckWorkerData = { ...data, stopped }

  const members: Member[] = Array.from({ length: workers }, (_, number) => {
    const thread = new Worker(new URL('./check-worker.ts', import.meta.url), { workerData })
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    const member: Member = { thread, ended, jobs: 0 }
    thread.on('message', (message: FromCheckWorker) => receive(member, message))
    thread.on('error', fail)
    thread.on('exit', (code) =>
      fail(new CoreError('internal/defect', `Worker ${number} of the check ended with code ${code}.`)),
    )
    return member
  })

  function fail(error: unknown): void {
    failure ??= { error }
    for (const { reject } of waiting.values()) reject(failure.error)
    waiting.clear()
    for (const wake of waitingForRoom.splice(0)) wake()
  }

  function receive(member: Member, message: FromCheckWorker): void {
    member.jobs--
    const waiter = waiting.get(message.job)
    waiting.delete(message.job)
    if ('error' in message) waiter?.reject(arrivedError(message.error))
    else waiter?.resolve(message.done)
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

  async function run<T extends CheckDone>(message: TreesJob | PackJob): Promise<T> {
    const member = await freeMember()
    const job = ++lastJob
    member.jobs++
    return new Promise<T>((resolve, reject) => {
      // A job's answer is of the job's type.
      waiting.set(job, { resolve: (done) => resolve(done as T), reject })
      member.thread.postMessage({ ...message, job } satisfies ToCheckWorker)
    })
  }

  return {
    run,
    async end() {
      Atomics.store(new Int32Array(stopped), 0, 1)
      for (const { thread } of members) thread.postMessage({ type: 'stop' } satisfies ToCheckWorker)
      await Promise.all(members.map(({ ended }) => ended))
    },
  }
}
