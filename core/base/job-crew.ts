import type { MessagePort, Worker } from 'node:worker_threads'

import { arrivedError, type CarriedError, carryError } from './carried-error.ts'
import { CoreError } from './error.ts'

/** For each kind of job what a thread is given and what it answers. */
export type JobKinds<J> = { readonly [K in keyof J]: { readonly job: object; readonly answer: unknown } }

/** Threads that do jobs for the one that started them: each its own, in the order in which they come. */
export interface JobCrew<J extends JobKinds<J>, News = never, Last = void> {
  /** Tells every thread. They hear it before any job that is given later. */
  tell(news: News): void
  /** Has a job done. Waits first while every thread has enough to do. Rejects where it fails, or where a thread does. */
  run<K extends keyof J>(kind: K, job: J[K]['job']): Promise<J[K]['answer']>
  /** Asks the threads to leave what is under way. Harmless at any time; `end` does it too. */
  stop(): void
  /** Ends the threads when all jobs are done, and gives what each said last. Rejects where that fails. */
  finish(): Promise<Last[]>
  /**
   * Ends the threads, once they have done what is under way; `stopped` asks them to leave it. They are asked to end,
   * never ended from outside: a native add-on that is loading or running at that moment would take the whole process
   * with it.
   */
  end(): Promise<void>
}

/** What a thread is started with, beside its own. One Int32: not 0 once no more work is wanted. */
export type Stopped = SharedArrayBuffer

/** A thread has one job under way and one waiting, so that it never waits itself. */
const JOBS_A_THREAD = 2

type ToThread<News> =
  | { readonly type: 'job'; readonly number: number; readonly kind: PropertyKey; readonly job: object }
  | { readonly type: 'news'; readonly news: News }
  /** The last message. */
  | { readonly type: 'end' }

type FromThread =
  | { readonly type: 'done'; readonly number: number; readonly answer: unknown }
  | { readonly type: 'failed'; readonly number: number; readonly error: CarriedError }
  | { readonly type: 'said'; readonly said: unknown }
  | { readonly type: 'last'; readonly answer: unknown }
  /** Nothing more can be asked of this thread. */
  | { readonly type: 'broken'; readonly error: CarriedError }

interface Member {
  readonly thread: Worker
  readonly ended: Promise<void>
  jobs: number
}

export interface JobCrewOptions<Said> {
  /** Completes "a worker …" in the error of a thread that ends too soon. */
  readonly crewOf: string
  /** Says what that means. */
  readonly safety: string
  /** Hears what threads say with `createSayer`, before the end of the job in which they say it. */
  readonly onSaid?: ((said: Said) => void) | undefined
}

/** Takes threads over, which end with the crew. `stopped` is what they were given. */
export function startJobCrew<J extends JobKinds<J>, News = never, Last = void, Said = never>(
  threads: readonly Worker[],
  stopped: Stopped,
  { crewOf, safety, onSaid }: JobCrewOptions<Said>,
): JobCrew<J, News, Last> {
  const waitingJobs = new Map<number, { resolve: (answer: unknown) => void; reject: (error: unknown) => void }>()
  const waitingForRoom: (() => void)[] = []
  let failure: { readonly error: unknown } | undefined
  let isEnding = false
  let lastJob = 0
  const lasts: Last[] = []

  const members = threads.map((thread, number) => {
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    const member: Member = { thread, ended, jobs: 0 }
    thread.on('message', (message: FromThread) => receive(member, message))
    thread.on('error', fail)
    thread.on('exit', (code) => {
      if (isEnding && code === 0) return
      fail(new CoreError('internal/defect', `Worker ${number} of ${crewOf} ended with code ${code}.`, { safety }))
    })
    return member
  })

  function fail(error: unknown): void {
    failure ??= { error }
    for (const { reject } of waitingJobs.values()) reject(failure.error)
    waitingJobs.clear()
    for (const wake of waitingForRoom.splice(0)) wake()
  }

  function receive(member: Member, message: FromThread): void {
    if (message.type === 'broken') {
      fail(arrivedError(message.error))
      return
    }
    if (message.type === 'last') {
      lasts.push(message.answer as Last)
      return
    }
    if (message.type === 'said') {
      onSaid?.(message.said as Said)
      return
    }
    member.jobs--
    const waiting = waitingJobs.get(message.number)
    waitingJobs.delete(message.number)
    if (message.type === 'done') waiting?.resolve(message.answer)
    else waiting?.reject(arrivedError(message.error))
    waitingForRoom.shift()?.()
  }

  /** The one that has least to do. It has one job more from this moment on. */
  async function takeMember(): Promise<Member> {
    for (;;) {
      if (failure) throw failure.error
      const [least] = members.toSorted((a, b) => a.jobs - b.jobs)
      if (least && least.jobs < JOBS_A_THREAD) {
        least.jobs++
        return least
      }
      await new Promise<void>((resolve) => waitingForRoom.push(resolve))
    }
  }

  const stop = (): void => void Atomics.store(new Int32Array(stopped), 0, 1)
  async function end(): Promise<void> {
    isEnding = true
    stop()
    for (const member of members) send(member, { type: 'end' })
    await Promise.all(members.map(({ ended }) => ended))
  }

  const send = ({ thread }: Member, message: ToThread<News>): void => thread.postMessage(message)

  return {
    tell(news) {
      for (const member of members) send(member, { type: 'news', news })
    },
    async run(kind, job) {
      const member = await takeMember()
      const number = ++lastJob
      return new Promise((resolve, reject) => {
        waitingJobs.set(number, { resolve, reject })
        send(member, { type: 'job', number, kind, job })
      })
    },
    stop,
    async finish() {
      await end()
      if (failure) throw failure.error
      return lasts
    },
    end,
  }
}

/** In a thread of a crew: how it says something to the one that started it. */
export function createSayer(port: MessagePort): (said: unknown) => void {
  return (said) => port.postMessage({ type: 'said', said } satisfies FromThread)
}

/** What a thread of a crew does. What is done later does not keep it from the next job, but from its end. */
export interface JobServer<J extends JobKinds<J>, News = never, Last = void> {
  readonly jobs: { readonly [K in keyof J]: (job: J[K]['job']) => J[K]['answer'] | Promise<J[K]['answer']> }
  readonly hear?: (news: News) => void
  /** What it returns is what the thread says last. */
  readonly end?: () => Last
}

/** The other side of a crew, in each of its threads. What a job throws goes to whoever gave it. */
export function serveJobs<J extends JobKinds<J>, News = never, Last = void>(
  port: MessagePort,
  server: JobServer<J, News, Last>,
): void {
  const post = (message: FromThread): void => port.postMessage(message)
  let isBroken = false
  const later = new Set<Promise<void>>()

  function perform({ number, kind, job }: Extract<ToThread<News>, { type: 'job' }>): void {
    const succeed = (answer: unknown): void => post({ type: 'done', number, answer })
    const fail = (error: unknown): void => post({ type: 'failed', number, error: carryError(error) })
    try {
      const answer = server.jobs[kind as keyof J](job)
      if (!(answer instanceof Promise)) {
        succeed(answer)
        return
      }
      const told = answer.then(succeed, fail).finally(() => later.delete(told))
      later.add(told)
    } catch (error) {
      fail(error)
    }
  }

  async function end(): Promise<void> {
    await Promise.all(later)
    try {
      post({ type: 'last', answer: server.end?.() })
    } catch (error) {
      post({ type: 'broken', error: carryError(error) })
    } finally {
      port.close()
    }
  }

  port.on('message', (message: ToThread<News>) => {
    // What it was told it could not take: whatever it did now would be wrong.
    if (message.type === 'job') {
      if (!isBroken) perform(message)
    } else if (message.type === 'end') void end()
    else
      try {
        server.hear?.(message.news)
      } catch (error) {
        isBroken = true
        post({ type: 'broken', error: carryError(error) })
      }
  })
}

/** To be given to the threads of a crew. */
export function newStopped(): Stopped {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** Whether no more work is wanted. */
export function stopTest(stopped: Stopped): () => boolean {
  const word = new Int32Array(stopped)
  return () => Atomics.load(word, 0) !== 0
}
