import { describe, expect, it } from 'vitest'

import { sleep } from '../../../../../core/base/index.ts'
import { pulledBytes } from '../../../../../core/restorer/stream/pulled-bytes.ts'

type Reader = AsyncIterator<Buffer>

const readerOf = (bytes: AsyncIterable<Buffer>): Reader => bytes[Symbol.asyncIterator]()

async function collect(bytes: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(piece)
  return pieces
}

/** Numbers from 0 on, in the same memory. */
function numbers(count: number) {
  const seen = { written: 0, ended: 0, failure: undefined as unknown, begun: 0 }
  const memory = Buffer.alloc(1)
  async function make(write: (bytes: Buffer) => Promise<void>): Promise<void> {
    seen.begun++
    try {
      for (let number = 0; number < count; number++) {
        memory[0] = number
        await write(memory)
        seen.written++
      }
    } catch (error) {
      await sleep(1)
      seen.failure = error
      throw error
    } finally {
      seen.ended++
    }
  }
  return { seen, make }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await sleep(0)
}

describe('bytes that are made as they are taken', () => {
  it('come in order, each the reader’s own', async () => {
    const { seen, make } = numbers(20)
    const taken = await collect(pulledBytes(make))
    expect(taken.map(([number]) => number)).toEqual(Array.from({ length: 20 }, (_, number) => number))
    expect(seen).toMatchObject({ written: 20, ended: 1 })
  })

  it('are not begun before somebody asks, and one waits at a time', async () => {
    const { seen, make } = numbers(20)
    const reader = readerOf(pulledBytes(make))
    await settle()
    expect(seen.begun).toBe(0)
    for (let number = 0; number < 3; number++) {
      await reader.next()
      await settle()
      expect(seen.written).toBe(number + 1)
    }
    await reader.return?.()
  })

  it('are given in order to whoever asks for several at once, and then are at their end', async () => {
    const reader = readerOf(pulledBytes(numbers(3).make))
    const asked = await Promise.all([1, 2, 3, 4, 5].map(() => reader.next()))
    expect(asked.map(({ done, value }) => (done ? 'end' : value[0]))).toEqual([0, 1, 2, 'end', 'end'])
  })

  it('are made anew for each reader', async () => {
    const { seen, make } = numbers(2)
    const bytes = pulledBytes(make)
    for (let reader = 0; reader < 2; reader++) expect(Buffer.concat(await collect(bytes))).toEqual(Buffer.of(0, 1))
    expect(seen.begun).toBe(2)
  })

  it('are not made any more when a reader stops, which is told once that has ended', async () => {
    const { seen, make } = numbers(20)
    for await (const [number] of pulledBytes(make)) if (number === 2) break
    expect(seen).toMatchObject({ ended: 1, failure: { name: 'AbortError' } })
    expect(seen.written).toBeLessThan(5)
  })

  it('are not made at all for a reader that stops before he asked', async () => {
    const { seen, make } = numbers(20)
    const reader = readerOf(pulledBytes(make))
    await reader.return?.()
    expect(await reader.next()).toEqual({ done: true, value: undefined })
    expect(seen.begun).toBe(0)
  })

  it('end for a reader that stops while he waits for a piece', async () => {
    const reader = readerOf(pulledBytes((_, { signal }) => sleep(2 ** 30, { signal })))
    const waiting = reader.next()
    await settle()
    expect(await reader.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('end with what their making fails with, told once and after what came before', async () => {
    const reader = readerOf(
      pulledBytes(async (write) => {
        await write(Buffer.of(7))
        throw new RangeError('broken')
      }),
    )
    expect(await reader.next()).toEqual({ done: false, value: Buffer.of(7) })
    await expect(reader.next()).rejects.toThrow('broken')
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('end what else their making had under way when it fails', async () => {
    let other: AbortSignal | undefined
    const reader = readerOf(
      pulledBytes((_, { signal }) => {
        other = signal
        return Promise.reject(new RangeError('broken'))
      }),
    )
    await expect(reader.next()).rejects.toThrow('broken')
    expect(other?.aborted).toBe(true)
  })

  it('end with the reason of a signal, for whoever waits and for whoever makes', async () => {
    const { seen, make } = numbers(20)
    const stop = new AbortController()
    const reader = readerOf(pulledBytes(make, { signal: stop.signal }))
    await reader.next()
    await settle()
    stop.abort(new RangeError('enough'))
    await expect(
      (async () => {
        for (;;) if ((await reader.next()).done) return
      })(),
    ).rejects.toThrow('enough')
    expect(seen).toMatchObject({ ended: 1, failure: { message: 'enough' } })
    expect(seen.written).toBeLessThan(5)
  })
})
