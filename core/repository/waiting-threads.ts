import { once } from 'node:events'
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'

import { CoreError } from '../base/index.ts'
import type { LaneMixer } from './crypto/lane-mixer.ts'
import { type Lanes, mixLanes } from './crypto/mix-lanes.ts'

/**
 * Worker threads that have loaded their code and wait to be told what to do. They can be started while nobody knows the
 * repository's key yet, and derive it from the password: that takes half a second of one processor.
 */
export interface WaitingThreads<Data> {
  readonly threads: readonly Worker[]
  readonly laneMixer: LaneMixer
  /** Tells each thread what to do. Once. Throws where one of them has died. */
  begin(dataFor: (number: number) => Data): void
  /**
   * Lets threads that still wait end, and resolves when all have ended. Those that began end by themselves. Nobody
   * terminates a thread: V8 ends the whole process where a thread is in the middle of loading a native add-on.
   */
  end(): Promise<void>
}

/** What a waiting thread is started with: one word, rung when there are messages. */
export type WaitingBell = SharedArrayBuffer

type ToWaiting<Data> =
  | { readonly type: 'mix'; readonly lanes: Lanes }
  | { readonly type: 'begin'; readonly data: Data }
  /** There is nothing to do. */
  | { readonly type: 'end' }

/** The answer to `mix`. */
interface FromWaiting {
  readonly isMixed: boolean
}

/** `start` starts thread `number`, which calls `joinWaitingThreads` first of all. */
export function startWaitingThreads<Data>(
  count: number,
  start: (number: number, bell: WaitingBell) => Worker,
): WaitingThreads<Data> {
  const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const threads = Array.from({ length: count }, (_, number) => start(number, word.buffer))
  let failure: { readonly error: CoreError } | undefined
  const ended = threads.map(
    (thread) =>
      new Promise<void>((resolve) => {
        // Whoever takes the threads over hears of these, too; before that nobody else does.
        thread.on('error', (error) => (failure ??= { error: died(error) }))
        thread.once('exit', (code) => {
          if (code !== 0) failure ??= { error: died(`it ended with ${code}`) }
          resolve()
        })
      }),
  )

  function send(thread: Worker | undefined, message: ToWaiting<Data>): void {
    thread?.postMessage(message)
    Atomics.add(word, 0, 1)
    Atomics.notify(word, 0)
  }

  return {
    threads,
    laneMixer: {
      threads: count,
      mix(number, lanes) {
        const thread = threads[number]
        const mixed = thread ? answerOf(thread) : Promise.resolve()
        send(thread, { type: 'mix', lanes })
        return mixed
      },
    },
    begin(dataFor) {
      if (failure) throw failure.error
      for (const [number, thread] of threads.entries()) send(thread, { type: 'begin', data: dataFor(number) })
    },
    async end() {
      for (const thread of threads) send(thread, { type: 'end' })
      await Promise.all(ended)
    },
  }
}

function died(cause: unknown): CoreError {
  return new CoreError('internal/defect', 'A worker thread died before it had anything to do.', { cause })
}

/** The next message of a thread that waits. */
async function answerOf(thread: Worker): Promise<void> {
  const unanswered = once(thread, 'exit').then(() => [{ isMixed: false }])
  // Either rejects when the thread fails.
  unanswered.catch(() => undefined)
  const [answer] = (await Promise.race([once(thread, 'message'), unanswered])) as [FromWaiting]
  if (answer.isMixed) return
  throw new CoreError('internal/defect', 'A worker thread could not take part in deriving the key.')
}

/** A thread's own side of it. */
export interface WaitingThread {
  /** Helps to derive the key where that is asked for already, and does not wait. */
  help(): void
  /**
   * Waits to be told what to do, and helps to derive the key meanwhile. Returns what `begin` gave. Where there is nothing
   * to do it ends the thread.
   */
  awaitBegin(): unknown
}

/** To be called in such a thread. `prepare` may do something for memory that is about to be filled. */
export function joinWaitingThreads(
  port: MessagePort,
  bell: WaitingBell,
  prepare?: (memory: Uint8Array) => void,
): WaitingThread {
  const word = new Int32Array(bell)
  /** What was heard and is not what `help` is about. */
  let next: ToWaiting<unknown> | undefined

  function hear(): ToWaiting<unknown> | undefined {
    const message = next ?? (receiveMessageOnPort(port)?.message as ToWaiting<unknown> | undefined)
    next = undefined
    return message
  }

  function mix(lanes: Lanes): void {
    port.postMessage({ isMixed: tryToMix(lanes, prepare) } satisfies FromWaiting)
  }

  return {
    help() {
      const message = hear()
      if (message?.type === 'mix') mix(message.lanes)
      else next = message
    },
    awaitBegin() {
      for (;;) {
        const heard = Atomics.load(word, 0)
        const message = hear()
        if (message?.type === 'begin') return message.data
        if (message?.type === 'end') process.exit()
        if (message) mix(message.lanes)
        else Atomics.wait(word, 0, heard)
      }
    },
  }
}

/** There may be no memory for the table. Whoever asked has another way then. */
function tryToMix(lanes: Lanes, prepare?: (memory: Uint8Array) => void): boolean {
  try {
    mixLanes(lanes, prepare)
    return true
  } catch {
    return false
  }
}
