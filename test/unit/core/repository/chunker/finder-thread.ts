import { parentPort, workerData } from 'node:worker_threads'

import { createChunkFinder } from '../../../../../core/repository/chunker/chunk-finder.ts'

/** Work for this thread: cutting the same bytes of a shared memory again and again. */
export interface FinderJob {
  readonly memory: WebAssembly.Memory
  readonly module: WebAssembly.Module
  readonly scratch: number
  readonly start: number
  readonly bytes: number
  readonly rounds: number
  readonly polynomial: bigint
}

const { memory, module, scratch, start, bytes, rounds, polynomial } = workerData as FinderJob
const finder = createChunkFinder({ memory, module, scratch, polynomial })
parentPort?.postMessage(
  Array.from({ length: rounds }, () => {
    const lengths: number[] = []
    finder.findCuts(start, start + bytes, true, lengths)
    return lengths
  }),
)
