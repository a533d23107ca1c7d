import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

import { afterEach, describe, expect, it } from 'vitest'

import { parallelScrypt } from '../../../../core/repository/crypto/parallel-scrypt.ts'
import { startWaitingThreads, type WaitingThreads } from '../../../../core/repository/index.ts'
import type { WaitingThreadData } from './waiting-thread.ts'

const PARAMETERS = { N: 1024, r: 8, p: 16, salt: Buffer.from('NaCl') }

let waiting: WaitingThreads<string> | undefined
afterEach(() => waiting?.end())

function start(diesWhen: WaitingThreadData['diesWhen']): WaitingThreads<string> {
  const thread = new URL('./waiting-thread.ts', import.meta.url)
  waiting = startWaitingThreads(
    2,
    (_, bell) => new Worker(thread, { workerData: { bell, diesWhen } satisfies WaitingThreadData }),
  )
  return waiting
}

describe('threads that wait', () => {
  it('are told what to do, after they have helped to derive a key', async () => {
    const started = start('never')
    await parallelScrypt('password', 64, PARAMETERS, started.laneMixer)
    const told = started.threads.map(async (thread) => (await once(thread, 'message')) as unknown[])
    started.begin((number) => `work ${number}`)
    expect((await Promise.all(told)).flat()).toEqual(['work 0', 'work 1'])
  })

  it('say so where one died before it had anything to do, and end all the same', async () => {
    const started = start('loading')
    const died = expect.objectContaining({
      code: 'internal/defect',
      cause: expect.objectContaining({ message: 'it cannot be loaded' }) as unknown,
    }) as unknown
    for (let tries = 0; tries < 1000; tries++) {
      try {
        started.begin(() => 'work')
      } catch (error) {
        expect(error).toEqual(died)
        return
      }
      await wait(5)
    }
    expect.unreachable('nobody heard of it')
  })

  it('say so where one died of helping', async () => {
    const started = start('mixing')
    await parallelScrypt('password', 64, PARAMETERS, started.laneMixer).catch(() => undefined)
    await started.end()
    expect(() => started.begin(() => 'work')).toThrow('A worker thread died before it had anything to do.')
  })
})
