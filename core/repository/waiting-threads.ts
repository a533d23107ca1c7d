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

/** `start` starts thread `number`, which calls `awaitBegin` first of all. */
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
function answerOf(thread: Worker): Promise<void> {
  // It rejects when the thread fails.
  return once(thread, 'message').then(([answer]) => {
    if ((answer as FromWaiting).isMixed) return
    throw new CoreError('internal/defect', 'A worker thread could not take part in deriving the key.')
  })
}

/**
 * Waits, in a thread, to be told what to do, and helps to derive the repository's key meanwhile. Where there is nothing to
 * do it ends the thread. Returns what `begin` gave it. `warmUp` is called while the main thread has its own to do.
 */
export function awaitBegin(port: MessagePort, bell: WaitingBell, warmUp: () => void): unknown {
  const word = new Int32Array(bell)
  for (;;) {
    const heard = Atomics.load(word, 0)
    const message = receiveMessageOnPort(port)?.message as ToWaiting<unknown> | undefined
    if (message?.type === 'begin') return message.data
    if (message?.type === 'end') process.exit()
    if (message) {
      port.postMessage({ isMixed: tryToMix(message.lanes) } satisfies FromWaiting)
      warmUp()
    } else Atomics.wait(word, 0, heard)
  }
}

/** There may be no memory for the table. Whoever asked has another way then. */
function tryToMix(lanes: Lanes): boolean {
  try {
    mixLanes(lanes)
    return true
  } catch {
    return false
  }
}
