import { describe, expect, it } from 'vitest'

import { sleep } from '../../../../../core/base/index.ts'
import { createOrderedStream } from '../../../../../core/restorer/stream/ordered-stream.ts'

const MIB = 1024 * 1024

describe('a stream of pieces', () => {
  it('writes them in the order in which they were added, whichever is made first', async () => {
    const written: number[] = []
    const stream = createOrderedStream(([number = -1]) => Promise.resolve(void written.push(number)))
    for (let number = 0; number < 200; number++) {
      await stream.room(1)
      const late = sleep((200 - number) % 4).then(() => Buffer.of(number))
      stream.add(number % 3 === 0 ? Buffer.of(number) : late, 1)
    }
    await stream.finish()
    expect(written).toEqual(Array.from({ length: 200 }, (_, number) => number))
  })

  it('has room for 32 MiB while nobody reads, and for a single piece however large', async () => {
    const stream = createOrderedStream(() => new Promise(() => undefined))
    expect(stream.room(100 * MIB)).toBeUndefined()
    // The writer takes the first and never comes back.
    stream.add(Buffer.of(0), MIB)
    await Promise.resolve()
    await Promise.resolve()
    let added = 0
    for (; added < 100 && !stream.room(4 * MIB); added++) stream.add(Buffer.of(0), 4 * MIB)
    expect(added).toBe(8)
  })

  it('has room for so many pieces, however small', async () => {
    const stream = createOrderedStream(() => new Promise(() => undefined))
    let added = 0
    for (; added < 1000 && !stream.room(1); added++) stream.add(Buffer.of(0), 1)
    expect(added).toBeLessThan(100)
  })

  it.each(['a piece', 'the writer'])('ends with what %s fails with, for whoever waits for room too', async (who) => {
    const written: number[] = []
    const stream = createOrderedStream(async ([number = -1]) => {
      await sleep(1)
      if (who === 'the writer' && number === 3) throw new RangeError('broken')
      written.push(number)
    })
    const filled = (async () => {
      for (let number = 0; number < 1000; number++) {
        await stream.room(1)
        const isBroken = who === 'a piece' && number === 3
        stream.add(isBroken ? Promise.reject(new RangeError('broken')) : Buffer.of(number), 1)
      }
    })()
    await expect(filled).rejects.toThrow('broken')
    await expect(stream.finish()).rejects.toThrow('broken')
    await expect(stream.room(1)).rejects.toThrow('broken')
    expect(written).toEqual([0, 1, 2])
  })

  it('is finished at once where nothing was added', async () => {
    await expect(createOrderedStream(() => Promise.reject(new Error('never'))).finish()).resolves.toBeUndefined()
  })
})
