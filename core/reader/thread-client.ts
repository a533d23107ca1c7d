import type { Worker } from 'node:worker_threads'

import { type Abortable, arrivedError, CoreError } from '../base/index.ts'
import type { FromReader, ReaderRequests, RequestKind, ToReader } from './messages.ts'

/** What a reader's thread is asked through. */
export interface ThreadClient {
  ask<K extends RequestKind>(
    kind: K,
    asked: ReaderRequests[K]['asked'],
    options?: Abortable,
  ): Promise<ReaderRequests[K]['answer']>
  tell(message: ToReader): void
  /** Draws the number of a stream, which keeps the thread busy until it is closed. */
  openStream(): { readonly number: number; close(): void }
  readonly isUsable: boolean
  readonly isIdle: boolean
  end(): Promise<void>
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/** So many may wait for one thread: a console that is open in each browser of a company. */
const MOST_WAITING = 100
/** How long a thread that was asked to end is waited for: storage that does not answer may keep it. Milliseconds. */
const END_WITHIN = 10_000

export function createThreadClient(thread: Worker): ThreadClient {
  const waiting = new Map<number, Waiting>()
  const streams = new Set<number>()
  let failure: CoreError | undefined
  let isEnding = false
  let last = 0

  const ended = new Promise<void>((resolve) => {
    thread.once('exit', (code) => {
      fail(isEnding ? stopped() : brokenDown(`it ended with code ${code}`))
      resolve()
    })
  })
  thread.on('error', (error) => fail(brokenDown(error)))
  thread.on('messageerror', (error) => fail(brokenDown(error)))
  thread.on('message', (message: FromReader) => {
    const one = waiting.get(message.number)
    if (message.type === 'answer') one?.resolve(message.answer)
    else one?.reject(arrivedError(message.error))
  })

  function fail(error: CoreError): void {
    failure ??= error
    for (const one of waiting.values()) one.reject(failure)
  }

  const send = (message: ToReader): void => {
    if (!failure) thread.postMessage(message)
  }

  return {
    ask(kind, asked, { signal } = {}) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        if (failure) throw failure
        if (waiting.size >= MOST_WAITING) throw busy()
        const number = ++last
        const leave = (): void => {
          waiting.delete(number)
          signal?.removeEventListener('abort', cancel)
        }
        function cancel(): void {
          leave()
          send({ type: 'cancel', number })
          reject(signal?.reason)
        }
        waiting.set(number, {
          resolve(answer) {
            leave()
            resolve(answer as never)
          },
          reject(error) {
            leave()
            reject(error)
          },
        })
        signal?.addEventListener('abort', cancel, { once: true })
        send({ type: 'ask', number, kind, asked })
      })
    },
    tell: send,
    openStream() {
      const number = ++last
      streams.add(number)
      return {
        number,
        close() {
          streams.delete(number)
          send({ type: 'close', stream: number })
        },
      }
    },
    get isUsable() {
      return failure === undefined
    },
    get isIdle() {
      return waiting.size === 0 && streams.size === 0
    },
    async end() {
      if (!isEnding) {
        isEnding = true
        send({ type: 'end' })
        fail(stopped())
      }
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_WITHIN)))
      await Promise.race([ended, late])
      clearTimeout(timer)
      // Ended from outside, a thread that loads native code takes the process with it. So it is only not waited for any more.
      thread.unref()
    },
  }
}

const SAFETY = 'Nothing was changed: recovery points are only read.'

function brokenDown(cause: unknown): CoreError {
  return new CoreError('internal/defect', 'The thread that reads recovery points has broken down.', {
    cause,
    retryable: true,
    safety: SAFETY,
    remedy: 'Try again: another one takes its place. If it comes back, please report it with the log of the service.',
  })
}

function stopped(): CoreError {
  return new CoreError('service/unavailable', 'Recovery points of this vault are not read any more.', {
    retryable: true,
    safety: SAFETY,
    remedy: 'Try again, once the service runs and the vault is there.',
  })
}

function busy(): CoreError {
  return new CoreError('service/busy', `${MOST_WAITING} requests wait for recovery points of this vault.`, {
    retryable: true,
    safety: SAFETY,
    remedy: 'Try again in a minute.',
  })
}
