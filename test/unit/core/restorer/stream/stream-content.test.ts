import { describe, expect, it } from 'vitest'

import { CoreError, sleep } from '../../../../../core/base/index.ts'
import { createBlobIndex } from '../../../../../core/repository/index.ts'
import { createOrderedStream } from '../../../../../core/restorer/stream/ordered-stream.ts'
import { streamContent } from '../../../../../core/restorer/stream/stream-content.ts'

const BYTES = 4 * 1024 * 1024

interface State {
  loading: number
  loaded: number
  readonly written: number[]
  /** How many blobs were under way or in memory at once. */
  most: number
}

/** Streams so many blobs of 4 MiB each; the later ones are given sooner. */
async function stream(count: number, broken = -1): Promise<State> {
  const ids = Buffer.alloc(count * 32)
  const index = createBlobIndex()
  for (let i = 0; i < count; i++) {
    ids.writeUInt32BE(i, i * 32)
    const place = { type: 'data', pack: 0, offset: 0, length: BYTES, uncompressedLength: 0 } as const
    index.add(ids.subarray(i * 32, i * 32 + 32), place)
  }
  const state: State = { loading: 0, loaded: 0, written: [], most: 0 }
  const pieces = createOrderedStream(async ([number = -1]) => {
    await sleep(1)
    state.written.push(number)
  })
  const load = async (id: Buffer): Promise<Buffer> => {
    const number = id.readUInt32BE()
    state.loading++
    state.most = Math.max(state.most, state.loading + state.loaded - state.written.length)
    await sleep((count - number) % 3)
    state.loading--
    state.loaded++
    if (number === broken) throw new CoreError('repository/damaged', 'broken')
    return Buffer.from([number])
  }
  try {
    await streamContent(pieces, index, ids, load)
    await pieces.finish()
    expect(broken).toBe(-1)
  } catch (error) {
    expect(error).toMatchObject({ code: 'repository/damaged' })
  }
  return state
}

describe('the content of a file', () => {
  it('comes in order whatever is read first, and no more is read ahead than memory is meant for', async () => {
    const { written, most } = await stream(60)
    expect(written).toEqual(Array.from({ length: 60 }, (_, i) => i))
    // 32 MiB of 4 MiB each, and the one that is being written.
    expect(most).toBeGreaterThan(4)
    expect(most).toBeLessThanOrEqual(9)
  })

  it('ends before the first blob that cannot be read, with all before it written', async () => {
    expect((await stream(20, 7)).written).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('is nothing for an empty file', async () => {
    expect((await stream(0)).written).toEqual([])
  })
})
