import { Worker } from 'node:worker_threads'

import type { SelectionOptions } from '../source/index.ts'

/** What there is to back up (FS-8). */
export interface Estimate {
  readonly files: number
  /** Bytes of files. */
  readonly bytes: number
  /** Whether all was counted. Until then there is at least so much. */
  readonly isFinal: boolean
}

/** What the estimating worker is started with. */
export interface EstimateWorkerData {
  readonly targets: readonly Uint8Array[]
  readonly selection: SelectionOptions
  /** Files, bytes, and 1 when all is counted: a Float64 each. */
  readonly counts: SharedArrayBuffer
}

export interface RunningEstimate {
  current(): Estimate
  stop(): Promise<void>
}

/** Starts counting in a thread of its own: names and sizes only, nothing is opened. */
export function startEstimate(targets: readonly Buffer[], selection: SelectionOptions): RunningEstimate {
  const counts = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT)
  const data: EstimateWorkerData = { targets, selection, counts }
  const worker = new Worker(new URL('./estimate-worker.ts', import.meta.url), { workerData: data })
  // An estimate that fails is only no estimate.
  worker.on('error', () => undefined)
  const numbers = new Float64Array(counts)
  return {
    current() {
      const [files = 0, bytes = 0, all = 0] = numbers
      return { files, bytes, isFinal: all === 1 }
    },
    async stop() {
      await worker.terminate()
    },
  }
}
