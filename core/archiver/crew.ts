import { arrivedError, CoreError } from '../base/index.ts'
import type { Bell, PackMessage } from '../repository/index.ts'
import type { ArchiveThreads } from './archive-threads.ts'
import { createIdlers, type Idlers } from './idlers.ts'
import {
  type ArchiveWorkerData,
  type Done,
  type EntriesTask,
  type FromWorker,
  type MissedFile,
  type Task,
  type ToWorker,
  transferOf,
  type WorkerReport,
} from './messages.ts'

export interface CrewOptions {
  /** Taken over: the crew ends them. */
  readonly threads: ArchiveThreads
  readonly bell: Bell
  /** What worker `number` is started with. */
  readonly dataFor: (number: number) => Omit<ArchiveWorkerData, 'idleWords'>
  readonly onPack: (message: PackMessage) => void
  readonly onMissed: (missed: MissedFile) => void
  /** Reads a whole pack that holds trees of the parent; undefined where it cannot be read. */
  readonly loadPack: (pack: number) => Promise<SharedArrayBuffer | undefined>
  /** A worker failed for good. Called once. */
  readonly onFailure: (error: unknown) => void
}

/** The worker threads of one archiving run, and who does what for whom. */
export interface Crew {
  /** Has a task done by whichever worker is free first. Rejects when the crew fails. */
  run(task: TaskBody): Promise<Uint8Array>
  /** Lets the workers hand over what they still hold and end. Resolves to what each of them counted. */
  finish(): Promise<WorkerReport[]>
  /** Resolves when the workers have ended, as they do when they are finished or the bell was stopped. */
  end(): Promise<void>
}

/** A task before it got its token. */
export type TaskBody = Task extends infer T ? (T extends Task ? Omit<T, 'token'> : never) : never

interface Asked {
  readonly resolve: (result: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

export function startCrew(options: CrewOptions): Crew {
  const { bell, dataFor, onPack, onMissed, loadPack, onFailure } = options
  const { threads } = options.threads
  const workers = threads.length
  const idleWords = new Int32Array(new SharedArrayBuffer(workers * Int32Array.BYTES_PER_ELEMENT))
  const idlers: Idlers = createIdlers(idleWords)
  const waiting: Task[] = []
  const asked = new Map<number, Asked>()
  /** Tokens of shared work, and whom the answer goes to. Tokens of the main thread are positive, of workers negative. */
  const sharedBy = new Map<number, number>()
  const reports: WorkerReport[] = []
  const finished = Promise.withResolvers<WorkerReport[]>()
  finished.promise.catch(() => undefined)
  let lastToken = 0
  let isEnding = false
  let failure: { readonly error: unknown } | undefined

  for (const [number, thread] of threads.entries()) {
    thread.on('message', (message: FromWorker) => receive(number, message))
    thread.on('error', (error) => fail(outOfMemory(error) ?? error))
    thread.on('exit', (code) => {
      if (code !== 0 && !isEnding)
        fail(new CoreError('internal/defect', `Worker ${number} of the backup ended with code ${code}.`))
    })
  }
  options.threads.begin((number) => ({ ...dataFor(number), idleWords: idleWords.buffer }))

  function fail(error: unknown): void {
    if (failure) return
    failure = { error }
    for (const { reject } of asked.values()) reject(error)
    asked.clear()
    finished.reject(error)
    onFailure(error)
  }

  function send(worker: number, message: ToWorker, transfer: ArrayBuffer[] = []): void {
    threads[worker]?.postMessage(message, transfer)
    bell.ring()
  }

  /** Gives waiting tasks to idle workers. */
  function dispatch(): void {
    while (waiting.length > 0) {
      const worker = idlers.claim()
      const task = worker < 0 ? undefined : waiting.shift()
      if (!task) return
      send(worker, { type: 'task', task })
    }
  }

  function receive(from: number, message: FromWorker): void {
    switch (message.type) {
      case 'pack':
        onPack(message)
        break
      case 'idle':
        dispatch()
        break
      case 'share':
        share(from, message.to, message.task)
        break
      case 'done':
        deliver(message.done)
        break
      case 'load-pack':
        void loadPack(message.pack).then(
          (bytes) => send(from, { type: 'pack', pack: message.pack, bytes }),
          () => send(from, { type: 'pack', pack: message.pack, bytes: undefined }),
        )
        break
      case 'missed':
        onMissed(message.missed)
        break
      case 'finished':
        reports.push(message.report)
        if (reports.length === workers) finished.resolve(reports)
        break
      case 'failed':
        fail(arrivedError(message.error))
        break
    }
  }

  function share(from: number, to: number, task: EntriesTask): void {
    sharedBy.set(task.token, from)
    send(to, { type: 'task', task })
  }

  function deliver(done: Done): void {
    const { token, result } = done
    const sharer = sharedBy.get(token)
    if (sharer === undefined) {
      if ('tooLarge' in result) asked.get(token)?.reject(new CoreError('source/too-large', result.tooLarge))
      else asked.get(token)?.resolve(result)
      asked.delete(token)
      return
    }
    sharedBy.delete(token)
    send(sharer, { type: 'done', done }, transferOf(done))
  }

  return {
    run(body) {
      if (failure) return Promise.reject(failure.error)
      const token = ++lastToken
      return new Promise((resolve, reject) => {
        asked.set(token, { resolve, reject })
        waiting.push({ ...body, token })
        dispatch()
      })
    },
    finish() {
      for (const number of threads.keys()) send(number, { type: 'finish' })
      return finished.promise
    },
    async end() {
      isEnding = true
      await options.threads.end()
    },
  }
}

/** A thread that V8 ended. Undefined for anything else. */
function outOfMemory(error: unknown): CoreError | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')) return undefined
  return new CoreError('source/too-large', 'A thread of the backup ran out of memory.', {
    cause: error,
    safety: 'No snapshot was made; what was stored before is safe.',
    remedy: 'A folder may have too many entries: leave it out with --exclude, or divide it.',
  })
}
