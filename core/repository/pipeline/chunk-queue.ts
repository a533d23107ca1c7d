import { QUEUE_HEAD, QUEUE_LENGTH, QUEUE_LOCK, QUEUE_TAIL, QUEUE_WORDS, queueAt, windowAt } from './shared-pipeline.ts'

/** A chunk that lies in shared memory and waits for any worker to seal it. */
export interface QueuedChunk {
  window: number
  start: number
  length: number
  /** Its number in its window, from 0. */
  position: number
}

/** Chunks of all workers: whoever has nothing else to do seals the next. */
export interface ChunkQueue {
  /** Adds a chunk. False where the queue is full: then seal it yourself. */
  push(chunk: QueuedChunk): boolean
  /** Takes the oldest into `chunk`. False where there is none. */
  pop(chunk: QueuedChunk): boolean
  /** Says that a chunk was sealed. True where it was its window's last. */
  done(window: number): boolean
  /** Counts a chunk that `done` will be said of. */
  expect(window: number): void
  /** Chunks of this window that are still to be sealed. */
  outstanding(window: number): number
}

function cell(number: number): number {
  return queueAt() + (number & (QUEUE_LENGTH - 1)) * QUEUE_WORDS
}

export function createChunkQueue(control: Int32Array): ChunkQueue {
  function locked<T>(work: () => T): T {
    // Held for a few instructions: spinning beats sleeping.
    while (Atomics.compareExchange(control, QUEUE_LOCK, 0, 1) !== 0);
    try {
      return work()
    } finally {
      Atomics.store(control, QUEUE_LOCK, 0)
    }
  }

  return {
    push({ window, start, length, position }) {
      return locked(() => {
        const tail = control[QUEUE_TAIL] ?? 0
        // Both are counted on beyond 2^31, and wrap.
        if (((tail - (control[QUEUE_HEAD] ?? 0)) | 0) === QUEUE_LENGTH) return false
        control.set([window, start | 0, length, position], cell(tail))
        Atomics.store(control, QUEUE_TAIL, tail + 1)
        return true
      })
    },
    pop(chunk) {
      if (Atomics.load(control, QUEUE_HEAD) === Atomics.load(control, QUEUE_TAIL)) return false
      return locked(() => {
        const head = control[QUEUE_HEAD] ?? 0
        if (head === control[QUEUE_TAIL]) return false
        const at = cell(head)
        chunk.window = control[at] ?? 0
        chunk.start = (control[at + 1] ?? 0) >>> 0
        chunk.length = control[at + 2] ?? 0
        chunk.position = control[at + 3] ?? 0
        Atomics.store(control, QUEUE_HEAD, head + 1)
        return true
      })
    },
    expect: (window) => void Atomics.add(control, windowAt(window), 1),
    done: (window) => Atomics.sub(control, windowAt(window), 1) === 1,
    outstanding: (window) => Atomics.load(control, windowAt(window)),
  }
}
