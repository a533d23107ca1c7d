import { parentPort, workerData } from 'node:worker_threads'

import { type QueuedChunk, createChunkQueue } from '../../../../../core/repository/pipeline/chunk-queue.ts'

/** Work for this thread: to push `chunks` chunks of a window of its own, and to take whatever is there meanwhile. */
export interface QueueJob {
  readonly control: SharedArrayBuffer
  readonly thread: number
  readonly threads: number
  readonly chunks: number
}

/** `thread * chunks + position` of each chunk that was taken, and how many were not as they had been pushed. */
export interface QueueReport {
  readonly taken: number[]
  readonly torn: number
}

const { control, thread, threads, chunks } = workerData as QueueJob
const queue = createChunkQueue(new Int32Array(control))
const chunk: QueuedChunk = { window: 0, start: 0, length: 0, position: 0 }
const taken: number[] = []
let torn = 0

function take(): boolean {
  if (!queue.pop(chunk)) return false
  if (chunk.start !== 3_000_000_000 + chunk.position || chunk.length !== chunk.position * 2) torn++
  taken.push(chunk.window * chunks + chunk.position)
  queue.done(chunk.window)
  return true
}

for (let position = 0; position < chunks; position++) {
  queue.expect(thread)
  const mine = { window: thread, start: 3_000_000_000 + position, length: position * 2, position }
  while (!queue.push(mine)) take()
  if (position % 3 === 0) take()
}
const isDone = (): boolean =>
  Array.from({ length: threads }, (_, window) => queue.outstanding(window)).every((n) => n === 0)
while (queue.outstanding(thread) > 0 || !isDone()) take()
parentPort?.postMessage({ taken, torn } satisfies QueueReport)
