import { describe, expect, it } from 'vitest'

import { runAtOnce } from '../../../../core/base/run-at-once.ts'

describe('running so much at once', () => {
  it('does what comes to light while it works, so much at a time', async () => {
    const waiting = [1]
    const done: number[] = []
    let running = 0
    let most = 0
    await runAtOnce(3, () => {
      const item = waiting.pop()
      if (item === undefined) return undefined
      return async () => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        done.push(item)
        if (item < 100) waiting.push(2 * item, 2 * item + 1)
      }
    })
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 199 }, (_, at) => at + 1))
    expect(most).toBe(3)
  })

  it('fails with the first failure, begins nothing more, and waits for what is under way', async () => {
    let begun = 0
    let ended = 0
    const running = runAtOnce(2, () => async () => {
      const number = ++begun
      await new Promise((resolve) => setImmediate(resolve))
      if (number === 2) throw new Error('second')
      await new Promise((resolve) => setImmediate(resolve))
      ended++
    })
    await expect(running).rejects.toThrow('second')
    expect([begun, ended]).toEqual([2, 1])
  })

  it('fails when it cannot be told what to do', async () => {
    const reason = new Error('stopped')
    await expect(
      runAtOnce(2, () => {
        throw reason
      }),
    ).rejects.toBe(reason)
  })
})
