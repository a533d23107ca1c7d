import { describe, expect, it } from 'vitest'

import { inParallel } from '../../../../core/base/in-parallel.ts'

describe('working in parallel', () => {
  it('has so many under way, begins in order, and does each once', async () => {
    let now = 0
    let most = 0
    const begun: number[] = []
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      begun.push(item)
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now--
    })
    expect([most, begun]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]])
  })

  it('fails with the first failure, begins nothing after it, and only once all that began have ended', async () => {
    const ended: number[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      if (item === 2) throw new Error('the second')
      await promise
      ended.push(item)
      throw new Error('later')
    })
    setImmediate(resolve)
    await expect(work).rejects.toThrow('the second')
    expect(ended).toEqual([1])
  })

  it('takes items as it goes: a list without end ends with the failure', async () => {
    const work = inParallel(numbers(), 2, async (item) => {
      if (item === 5) throw new Error('enough')
    })
    await expect(work).rejects.toThrow('enough')
  })
})

function* numbers(): Generator<number> {
  for (let item = 0; ; item++) yield item
}
