import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { describe, expect, it } from 'vitest'

import { createBell, PipelineStopped } from '../../../../../core/repository/pipeline/bell.ts'
import { BELL } from '../../../../../core/repository/pipeline/shared-pipeline.ts'
import type { WaitJob } from './waiting-thread.ts'

function start(rounds: number) {
  const control = new SharedArrayBuffer(64)
  const word = new SharedArrayBuffer(8)
  const workerData: WaitJob = { control, word, rounds }
  const worker = new Worker(new URL('waiting-thread.ts', import.meta.url), { workerData })
  const words = new Int32Array(control)
  return { bell: createBell(words), control: words, word: new Int32Array(word), ended: once(worker, 'message') }
}

describe('the bell', () => {
  it('wakes whoever waits, every time, however soon it is rung; its counter may pass 2^31', async () => {
    const rounds = 20_000
    const { bell, control, word, ended } = start(rounds)
    Atomics.store(control, BELL, 2 ** 31 - 1000)
    for (let round = 1; round <= rounds; round++) {
      Atomics.store(word, 0, round)
      bell.ring()
      while (Atomics.load(word, 1) < round) Atomics.wait(word, 1, round - 1)
    }
    expect(await ended).toEqual(['done'])
  })

  it('makes whoever waits give up when the pipeline is stopped', async () => {
    const { bell, ended } = start(1)
    expect(bell.isStopped).toBe(false)
    bell.stop()
    expect(await ended).toEqual(['stopped'])
    expect(bell.isStopped).toBe(true)
    expect(() => bell.throwIfStopped()).toThrow(PipelineStopped)
    expect(() => bell.waitUntil(() => true)).toThrow(PipelineStopped)
  })

  it('does other work while there is some, and looks again after each piece', () => {
    const bell = createBell(new Int32Array(new SharedArrayBuffer(64)))
    let pieces = 0
    bell.waitUntil(
      () => pieces === 5,
      () => ++pieces > 0,
    )
    expect(pieces).toBe(5)
  })
})
