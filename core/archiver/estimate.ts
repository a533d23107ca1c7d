import { Worker } from 'node:worker_threads'

import type { Abortable } from '../base/index.ts'
import type { SelectionOptions } from '../selection/index.ts'
import type { FolderAddress, ReaderDescriptor } from '../source/index.ts'

/** What there is to back up (FS-8). */
export interface Estimate {
  readonly files: number
  /** Bytes of files. */
  readonly bytes: number
  /**
   * Where it comes from: `counted` is all there is; while it is `counting` there is at least so much; `parent` is what
   * the parent snapshot held, which may be more or less than there is by now.
   */
  readonly basis: 'counting' | 'counted' | 'parent'
}

/** What the estimating worker is started with. */
export interface EstimateWorkerData {
  readonly roots: readonly FolderAddress[]
  readonly reader: ReaderDescriptor
  readonly selection: SelectionOptions
  /** Files, bytes, 1 when all is counted, and 1 when nobody wants to know any more: a Float64 each. */
  readonly counts: SharedArrayBuffer
}

export interface RunningEstimate {
  current(): Estimate
  /** Resolves when all is counted, as far as it can be read; `tell` is called some times a second meanwhile. */
  counted(tell: () => void, options: Abortable): Promise<void>
  stop(): Promise<void>
}

/** Milliseconds. */
const TOLD_EVERY = 200

/** Starts counting in a thread of its own: names and sizes only, nothing is opened. */
export function startEstimate(what: Omit<EstimateWorkerData, 'counts'>): RunningEstimate {
  const counts = new SharedArrayBuffer(4 * Float64Array.BYTES_PER_ELEMENT)
  const data: EstimateWorkerData = { ...what, counts }
  const worker = new Worker(new URL('./worker/estimate-worker.ts', import.meta.url), { workerData: data })
  // An estimate that fails is only no estimate.
  worker.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const numbers = new Float64Array(counts)
  // Not terminated: V8 ends the whole process where the thread is loading a native add-on.
  const leave = (): void => void (numbers[3] = 1)
  return {
    current() {
      const [files = 0, bytes = 0, all = 0] = numbers
      return { files, bytes, basis: all === 1 ? 'counted' : 'counting' }
    },
    async counted(tell, { signal }) {
      signal?.addEventListener('abort', leave, { once: true })
      const timer = setInterval(tell, TOLD_EVERY)
      try {
        await ended
      } finally {
        clearInterval(timer)
        signal?.removeEventListener('abort', leave)
      }
      signal?.throwIfAborted()
    },
    async stop() {
      leave()
      await ended
    },
  }
}
