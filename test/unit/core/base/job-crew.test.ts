import { Worker } from 'node:worker_threads'

import { afterEach, describe, expect, it } from 'vitest'

import { type JobCrew, newStopped, startJobCrew } from '../../../../core/base/index.ts'
import { collectExits } from '../../../support/worker-exits.ts'
import type { TestJobs } from './crew-thread.ts'

type TestCrew = JobCrew<TestJobs, string>

const crews: TestCrew[] = []
afterEach(async () => {
  for (const crew of crews.splice(0)) await crew.end()
})

const said: unknown[] = []

function start(count: number): TestCrew {
  const thread = new URL('./crew-thread.ts', import.meta.url)
  const stopped = newStopped()
  const threads = Array.from({ length: count }, () => new Worker(thread, { workerData: stopped }))
  const crew = startJobCrew<TestJobs, string>(threads, stopped, {
    crewOf: 'the test',
    safety: 'Nothing was changed.',
    onSaid: (message) => said.push(message),
  })
  crews.push(crew)
  return crew
}

/** How many threads wait. */
async function untilWaiting(word: SharedArrayBuffer, count: number): Promise<void> {
  while (Atomics.load(new Int32Array(word), 1) < count) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('a crew', () => {
  it('is heard while it works, before it answers', async () => {
    const crew = start(1)
    await crew.run('say', { message: { pack: 'one' } })
    expect(said).toEqual([{ pack: 'one' }])
    expect(await crew.run('add', { left: 1, right: 2 })).toBe(3)
  })

  it('has jobs done by its threads at the same time, and gives each answer to whom it belongs', async () => {
    const crew = start(2)
    const word = new SharedArrayBuffer(8)
    const waiting = [crew.run('wait', { word }), crew.run('wait', { word })]
    await untilWaiting(word, 2)
    // Each has one more waiting; a fifth waits for room.
    const sums = [1, 2, 3].map((left) => crew.run('add', { left, right: 10 }))
    Atomics.store(new Int32Array(word), 0, 1)
    expect(await Promise.all(sums)).toEqual([11, 12, 13])
    expect(await Promise.all(waiting)).toEqual([false, false])
  })

  it('tells every thread the news, before any job that comes later', async () => {
    const crew = start(2)
    crew.tell('first')
    crew.tell('second')
    const word = new SharedArrayBuffer(8)
    const [one, other] = [crew.run('heard', {}), crew.run('heard', {})]
    expect(await Promise.all([one, other])).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ])
    expect(word.byteLength).toBe(8)
  })

  it('goes on with the next job while one is done later, but does not end before that one', async () => {
    const crew = start(1)
    const [good, bad] = [new SharedArrayBuffer(4), new SharedArrayBuffer(4)]
    const failing = crew.run('later', { word: bad }).catch((error: unknown) => error)
    expect(await crew.run('add', { left: 1, right: 2 })).toBe(3)
    Atomics.store(new Int32Array(bad), 0, 2)
    expect(await failing).toMatchObject({ code: 'target/full' })
    const late = crew.run('later', { word: good })
    expect(await crew.run('add', { left: 3, right: 4 })).toBe(7)
    const ended = crew.end()
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('not yet'), 50))])).toBe(
      'not yet',
    )
    Atomics.store(new Int32Array(good), 0, 1)
    expect(await late).toBe('later')
    await ended
  })

  it('gives what a job throws to whom it belongs, whole, and goes on', async () => {
    const crew = start(1)
    const failed = crew.run('fail', {})
    const sum = crew.run('add', { left: 1, right: 1 })
    await expect(failed).rejects.toMatchObject({
      code: 'repository/damaged',
      message: 'it is damaged',
      remedy: 'mend it',
    })
    expect(await sum).toBe(2)
  })

  it.each([0, 7])('rejects everything once a thread ended with %i that should not have', async (code) => {
    const crew = start(2)
    const word = new SharedArrayBuffer(8)
    const waiting = crew.run('wait', { word })
    const left = crew.run('leave', { code })
    const lost = {
      code: 'internal/defect',
      message: expect.stringMatching(RegExp(`^Worker \\d of the test ended with code ${code}\\.$`)) as string,
      safety: 'Nothing was changed.',
    }
    await expect(left).rejects.toMatchObject(lost)
    await expect(waiting).rejects.toMatchObject(lost)
    await expect(crew.run('add', { left: 1, right: 1 })).rejects.toMatchObject(lost)
  })

  it('rejects everything once a thread could not take the news', async () => {
    const crew = start(1)
    crew.tell('break')
    await expect(crew.run('add', { left: 1, right: 1 })).rejects.toMatchObject({
      message: 'it does not want to hear that',
    })
  })

  it('ends where a thread fails to end well', async () => {
    const exits = await collectExits(async () => {
      const crew = start(2)
      crew.tell('do not end')
      await crew.end()
    })
    expect(exits).toEqual([0, 0])
  })

  it('has nothing done by a thread that could not take the news', async () => {
    const crew = start(1)
    expect(await crew.run('heard', {})).toEqual([])
    crew.tell('break')
    await expect(crew.run('heard', {})).rejects.toMatchObject({ message: 'it does not want to hear that' })
  })

  it('ends when asked, in the middle of a job that listens, and no thread from outside', async () => {
    const word = new SharedArrayBuffer(8)
    const exits = await collectExits(async () => {
      const crew = start(2)
      const waiting = crew.run('wait', { word })
      await untilWaiting(word, 1)
      await crew.end()
      expect(await waiting).toBe(true)
    })
    expect(exits).toEqual([0, 0])
  })
})
