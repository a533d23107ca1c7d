import { describe, expect, it } from 'vitest'

import { CoreError, sleep } from '../../../../../core/base/index.ts'
import { streamContent } from '../../../../../core/cli/repo/stream-content.ts'
import { createBlobIndex, type Repository } from '../../../../../core/repository/index.ts'

const BYTES = 4 * 1024 * 1024

/** Ids of so many blobs of 4 MiB each, and a repository that gives the later ones sooner. */
function made(
  count: number,
  broken = -1,
): { ids: Buffer; index: ReturnType<typeof createBlobIndex>; state: State; repository: Repository } {
  const ids = Buffer.alloc(count * 32)
  const index = createBlobIndex()
  for (let i = 0; i < count; i++) {
    ids.writeUInt32BE(i, i * 32)
    index.add(ids.subarray(i * 32, i * 32 + 32), {
      type: 'data',
      pack: 0,
      offset: 0,
      length: BYTES,
      uncompressedLength: 0,
    })
  }
  const state: State = { loading: 0, loaded: 0, written: [], most: 0 }
  const repository = {
    async loadBlob(_index: unknown, _type: unknown, id: Buffer) {
      const number = id.readUInt32BE()
      state.loading++
      state.most = Math.max(state.most, state.loading + state.loaded - state.written.length)
      await sleep((count - number) % 3)
      state.loading--
      state.loaded++
      if (number === broken) throw new CoreError('repository/damaged', 'broken')
      return Buffer.from([number])
    },
  } as unknown as Repository
  return { ids, index, state, repository }
}

interface State {
  loading: number
  loaded: number
  readonly written: number[]
  /** How many blobs were under way or in memory at once. */
  most: number
}

describe('the content of a file', () => {
  it('comes in order whatever is read first, and no more is read ahead than memory is meant for', async () => {
    const { ids, index, state, repository } = made(60)
    const bytes = await streamContent(repository, index, ids, async ([number = -1]) => {
      await sleep(1)
      state.written.push(number)
    })
    expect(bytes).toBe(60)
    expect(state.written).toEqual(Array.from({ length: 60 }, (_, i) => i))
    // 32 MiB of 4 MiB each, and the one that is being written.
    expect(state.most).toBeGreaterThan(4)
    expect(state.most).toBeLessThanOrEqual(9)
  })

  it('ends before the first blob that cannot be read, with all before it written', async () => {
    const { ids, index, state, repository } = made(20, 7)
    const streamed = streamContent(repository, index, ids, async ([number = -1]) => void state.written.push(number))
    await expect(streamed).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(state.written).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('ends with what the writer throws', async () => {
    const { ids, index, repository } = made(20)
    const streamed = streamContent(repository, index, ids, () => Promise.reject(new RangeError('full')))
    await expect(streamed).rejects.toThrow('full')
  })

  it('is nothing for an empty file', async () => {
    const { ids, index, repository } = made(0)
    expect(await streamContent(repository, index, ids, () => Promise.reject(new Error('never')))).toBe(0)
  })
})
