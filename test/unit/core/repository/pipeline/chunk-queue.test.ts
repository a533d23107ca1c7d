import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createChunkQueue, type QueuedChunk } from '../../../../../core/repository/pipeline/chunk-queue.ts'
import {
  controlBytes,
  QUEUE_HEAD,
  QUEUE_LENGTH,
  QUEUE_TAIL,
} from '../../../../../core/repository/pipeline/shared-pipeline.ts'
import type { QueueJob, QueueReport } from './queue-thread.ts'

const empty = (): QueuedChunk => ({ window: -1, start: -1, length: -1, position: -1 })

/** A queue through which so many chunks have gone already. */
function queueAfter(chunks: number) {
  const control = new Int32Array(new SharedArrayBuffer(controlBytes(4, 4)))
  control[QUEUE_HEAD] = control[QUEUE_TAIL] = chunks | 0
  return { queue: createChunkQueue(control), control }
}

describe('the queue of chunks', () => {
  it('gives back what was pushed, in order, also where its counters pass 2^31 and 2^32', () => {
    const chunk = fc.record({
      window: fc.nat(255),
      start: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      length: fc.nat(8 * 1024 * 1024),
      position: fc.nat(32),
    })
    const passed = fc.constantFrom(0, 2 ** 31 - 3, 2 ** 31 - QUEUE_LENGTH - 1, 2 ** 32 - 2, 2 ** 32 - QUEUE_LENGTH)
    fc.assert(
      fc.property(
        passed,
        fc.array(fc.oneof(chunk, fc.constant('pop' as const)), { maxLength: 60 }),
        (before, steps) => {
          const { queue } = queueAfter(before)
          const expected: QueuedChunk[] = []
          for (const step of steps) {
            if (step === 'pop') {
              const taken = empty()
              expect(queue.pop(taken)).toBe(expected.length > 0)
              expect(taken).toEqual(expected.shift() ?? empty())
            } else {
              expect(queue.push(step)).toBe(true)
              expected.push(step)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each([0, 2 ** 31 - 5, 2 ** 32 - 5])('is full after its length, and never writes beyond it (from %d)', (before) => {
    const { queue, control } = queueAfter(before)
    const chunk = { window: 1, start: 5, length: 6, position: 7 }
    for (let count = 0; count < QUEUE_LENGTH; count++) expect(queue.push(chunk)).toBe(true)
    expect(queue.push(chunk)).toBe(false)
    expect([0, 1, 2, 3].map((window) => queue.outstanding(window))).toEqual([0, 0, 0, 0])
    expect(control.slice(-4)).toEqual(new Int32Array(4))
    expect(queue.pop(empty())).toBe(true)
    expect(queue.push(chunk)).toBe(true)
  })

  it('says which chunk of a window was the last', () => {
    const { queue } = queueAfter(0)
    queue.expect(2)
    queue.expect(2)
    expect([queue.outstanding(2), queue.done(2), queue.done(2), queue.outstanding(2)]).toEqual([2, false, true, 0])
  })

  it('gives each chunk to exactly one of four threads, whole', async () => {
    const threads = 4
    const chunks = 20_000
    const control = new SharedArrayBuffer(controlBytes(threads, 4))
    const words = new Int32Array(control)
    // They count beyond 2^31 on the way.
    words[QUEUE_HEAD] = words[QUEUE_TAIL] = 2 ** 31 - 10_000
    const reports = await Promise.all(
      Array.from({ length: threads }, async (_, thread) => {
        const workerData: QueueJob = { control, thread, threads, chunks }
        const worker = new Worker(new URL('queue-thread.ts', import.meta.url), { workerData })
        const [report] = (await once(worker, 'message')) as [QueueReport]
        return report
      }),
    )
    expect(reports.map(({ torn }) => torn)).toEqual([0, 0, 0, 0])
    const taken = reports.flatMap((report) => report.taken)
    expect([taken.length, new Set(taken).size]).toEqual([threads * chunks, threads * chunks])
  })
})
